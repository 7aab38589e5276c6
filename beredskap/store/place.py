"""Where a ledger file may lie: on a disk of this machine that nothing else copies or locks.

SQLite's write-ahead log needs shared memory and locks that network file systems do not keep
(sqlite.org, "Write-Ahead Logging"), and a folder that is synced is copied in the middle of a write.
"""

from __future__ import annotations

from pathlib import Path

from beredskap.errors import LedgerError

_MOUNTS = Path("/proc/self/mounts")
_NETWORK = frozenset(
    {
        *("nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs"),
        *("davfs", "ncpfs", "fuse.sshfs", "fuse.rclone", "fuse.s3fs", "fuse.glusterfs"),
    }
)
_SYNCED = ("dropbox", "onedrive", "google drive", "googledrive", "icloud", "nextcloud", "owncloud")


def check_place(folder: Path, mounts: str | None = None) -> None:
    """Refuse a folder on the network or in what a program keeps in step with other machines.

    `mounts` is the table of mounts as `/proc/self/mounts` has it; the machine's own where it is
    not given, and none on a system without one.

    Raises:
        LedgerError: the folder is not safe for a ledger.
    """
    home = folder.resolve()
    synced = next((part for part in home.parts if part.casefold().startswith(_SYNCED)), None)
    if synced is not None:
        raise LedgerError(
            f"The ledger cannot lie in {home}: '{synced}' is copied to other machines while it is "
            "written. Move the workspace to a folder of this machine alone."
        )
    kind = _file_system_of(home, _read_mounts() if mounts is None else mounts)
    if kind in _NETWORK:
        raise LedgerError(
            f"The ledger cannot lie in {home}, a network disk ({kind}), where locks do not hold. "
            "Move the workspace to a disk of this machine, or use PostgreSQL "
            "(BEREDSKAP_DATABASE_URL)."
        )


def _read_mounts() -> str:
    try:
        return _MOUNTS.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _file_system_of(folder: Path, mounts: str) -> str:
    """Return the kind of file system of the innermost mount that holds a folder."""
    best, kind = -1, ""
    for line in mounts.splitlines():
        fields = line.split()
        if len(fields) < 3:
            continue
        point = Path(fields[1].replace("\\040", " "))
        if folder.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), fields[2]
    return kind
