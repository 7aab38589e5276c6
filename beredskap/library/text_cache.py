"""Keeping compiled texts between runs, since compiling hundreds takes longer than all else.

The cache lies in the user's own cache folder, never in the workspace: whoever may write in it may
run code, so a folder that others can write in is not used.
"""

from __future__ import annotations

import os
import pickle
import stat
from collections.abc import Callable

import jinja2
from jinja2 import BaseLoader, BytecodeCache, Environment, FileSystemBytecodeCache
from platformdirs import user_cache_path

_UNREADABLE = (pickle.UnpicklingError, EOFError, ValueError, TypeError, LookupError, ImportError)
"""What unpickling raises for a file cut short or overwritten; Jinja expects some of it only."""
_OTHERS_CAN_WRITE = stat.S_IWGRP | stat.S_IWOTH


class SourceLoader(BaseLoader):
    """Loads a text by its source, which is its name: the loader path alone uses the cache."""

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        """Return the text itself; it is never out of date."""
        return template, None, _is_current


def text_cache(kind: str) -> BytecodeCache | None:
    """Return the cache for texts of a kind, or None where there is no folder of our own for it."""
    folder = user_cache_path("beredskap") / f"texts-{jinja2.__version__}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.stat()
    except OSError:
        return None
    if found.st_uid != os.getuid() or found.st_mode & _OTHERS_CAN_WRITE:
        return None
    return _Forgiving(str(folder), f"{kind}-%s.cache")


class _Forgiving(FileSystemBytecodeCache):
    """Goes on without the cache where its folder is full, read-only or gone."""

    def load_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        """Load a compiled text if it can be read."""
        try:
            super().load_bytecode(bucket)
        except (OSError, *_UNREADABLE):
            bucket.reset()

    def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        """Keep a compiled text if there is room for it."""
        try:
            super().dump_bytecode(bucket)
        except OSError:
            return


def _is_current() -> bool:
    return True
