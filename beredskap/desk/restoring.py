"""Keeping the last version of a scenario that could be used, and putting it back.

Contact lists with people in them are not kept: who is erased must not come back from a copy, and a
bad row of theirs stops no alert.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from beredskap.desk.ports import Means
from beredskap.errors import ContentError, LedgerError, NotFoundError, RefusedError
from beredskap.library import Content, files_of, problems_for, unrenderable
from beredskap.store.clean_files import (
    CleanFile,
    keep_clean_files,
    read_clean_digests,
    read_clean_files,
)

_LISTS = tuple(
    f"contact_lists/{name}" for name in ("groups.yaml", "organisation.yaml", "units.csv")
)
_ASIDE = ".broken"


@dataclass(frozen=True, kw_only=True, slots=True)
class Restored:
    """What was put back."""

    files: tuple[str, ...]
    kept_at: datetime
    """When the version put back was last used."""


def keep(means: Means, content: Content, scenario_id: str) -> None:
    """Keep a scenario's files as they are now, if they can be used and differ from those kept."""
    files = files_of(content, scenario_id)
    files |= {path: content.digests[path] for path in _LISTS if path in content.digests}
    with means.ledger.read() as tx:
        if read_clean_digests(tx, scenario_id) == files:
            return
    if problems_for(content, scenario_id) or unrenderable(content, scenario_id):
        return
    contents = {digest: content.contents[path] for path, digest in files.items()}
    with means.ledger.write() as tx:
        keep_clean_files(tx, scenario_id, files, contents, means.clock.now())


@contextmanager
def offering(means: Means, scenario_id: str) -> Iterator[None]:
    """Add to a content error which earlier version is kept, and how to put it back."""
    try:
        yield
    except ContentError as error:
        try:
            with means.ledger.read() as tx:
                kept = read_clean_files(tx, scenario_id)
        except LedgerError:
            raise error from None
        if not kept:
            raise
        at = max(file.kept_at for file in kept)
        raise ContentError(
            f"{error} The version used last, of {at:%Y-%m-%d %H:%M} UTC, is kept: "
            f"'beredskap scenario restore {scenario_id}' puts it back.",
            error.problems,
        ) from error


def restore(means: Means, content: Content, workspace: Path, scenario_id: str) -> Restored:
    """Put back the files of a scenario that are missing or broken; what lay there is set aside.

    Raises:
        NotFoundError: nothing is kept of the scenario.
        RefusedError: nothing of it is missing or broken.
        ContentError: a file cannot be written.
    """
    with means.ledger.read() as tx:
        kept = read_clean_files(tx, scenario_id)
    if not kept:
        raise NotFoundError(
            f"No version of '{scenario_id}' is kept; one is kept when it is adopted or started."
        )
    changed = [
        file
        for file in kept
        if content.digests.get(file.path) != file.digest
        and _is_broken(content, scenario_id, file.path)
    ]
    if not changed:
        raise RefusedError(
            f"Nothing of '{scenario_id}' is missing or broken, and nothing was changed; "
            "'beredskap check' lists every problem."
        )
    for file in changed:
        _put_back(workspace, file)
    return Restored(
        files=tuple(file.path for file in changed), kept_at=max(file.kept_at for file in changed)
    )


def _is_broken(content: Content, scenario_id: str, path: str) -> bool:
    """Say whether a file is missing, cannot be read, or holds a text that cannot be rendered."""
    if path not in content.digests:
        return True
    if any(problem.file == path for problem in problems_for(content, scenario_id)):
        return True
    folder, _, rest = path.partition("/")
    template = rest.partition("/")[0]
    return folder == "message_templates" and template in unrenderable(content, scenario_id)


def _put_back(workspace: Path, file: CleanFile) -> None:
    """Write one file whole; what lay there stays beside it under another name."""
    target = workspace / file.path
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".", delete=False) as new:
            new.write(file.content)
            new.flush()
            os.fsync(new.fileno())
        if target.exists():
            target.replace(target.with_name(target.name + _ASIDE))
        Path(new.name).chmod(0o644)
        Path(new.name).replace(target)
    except OSError as error:
        raise ContentError(
            f"{file.path} cannot be written ({error.strerror}); give this user the right to write "
            "in the workspace."
        ) from error
