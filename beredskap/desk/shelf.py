"""The workspace's files as they are now, read again only when one of them has changed."""

from __future__ import annotations

from pathlib import Path

from beredskap.library import Content, read_workspace
from beredskap.library.workspace import FOLDERS

_Signature = tuple[tuple[str, int, int], ...]


class Shelf:
    """Keeps what was read until a file is added, removed or written."""

    def __init__(self, workspace: Path) -> None:
        """Take the workspace; nothing is read yet."""
        self._workspace = workspace
        self._held: tuple[_Signature, Content] | None = None

    def content(self) -> Content:
        """Return the content as it is now."""
        signature = self._signature()
        if self._held is None or self._held[0] != signature:
            self._held = (signature, read_workspace(self._workspace))
        return self._held[1]

    def _signature(self) -> _Signature:
        found = []
        for folder in FOLDERS:
            for path in sorted((self._workspace / folder).rglob("*")):
                try:
                    state = path.stat()
                except OSError:
                    continue
                found.append((str(path), state.st_ctime_ns, state.st_size))
        return tuple(found)
