"""A ledger file lies only where its locks hold and nobody copies it while it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from beredskap.errors import LedgerError
from beredskap.store.place import check_place
from beredskap.wiring import open_house

MOUNTS = """\
/dev/vda / ext4 rw 0 0
server:/export /mnt/nas nfs4 rw 0 0
//server/share /mnt/with\\040space cifs rw 0 0
/dev/vdb /mnt/nas/local ext4 rw 0 0
C: /mnt/c 9p rw 0 0
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [("/mnt/nas/kris", "nfs4"), ("/mnt/with space/kris", "cifs"), ("/mnt/c/Users/a", "9p")],
)
def test_a_network_disk_is_refused_with_what_to_do(folder: str, kind: str) -> None:
    with pytest.raises(LedgerError, match=rf"network disk \({kind}\).*BEREDSKAP_DATABASE_URL"):
        check_place(Path(folder), MOUNTS)


@pytest.mark.parametrize("folder", ["/srv/kris", "/mnt/nas/local/kris", "/mnt/nashville"])
def test_a_disk_of_the_machine_is_taken(folder: str) -> None:
    check_place(Path(folder), MOUNTS)


@pytest.mark.parametrize("name", ["Dropbox", "OneDrive - Stockholms stad", "Nextcloud"])
def test_a_synced_folder_is_refused_before_anything_is_made(tmp_path: Path, name: str) -> None:
    workspace = tmp_path / name / "kris"
    workspace.mkdir(parents=True)
    with pytest.raises(LedgerError, match="copied to other machines"):
        _ = open_house(workspace).ledger
    assert list(workspace.iterdir()) == []
