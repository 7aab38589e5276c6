"""The one table of exit codes."""

from __future__ import annotations

from beredskap import errors

DONE, NO, USAGE, CONTENT, REFUSED, OUTSIDE, NOT_FOUND = 0, 1, 2, 3, 4, 5, 6
INTERRUPTED = 130

_BY_ERROR: tuple[tuple[type[errors.BeredskapError], int], ...] = (
    (errors.UsageError, USAGE),
    (errors.ContentError, CONTENT),
    (errors.RefusedError, REFUSED),
    (errors.NotFoundError, NOT_FOUND),
    (errors.ConfigurationError, OUTSIDE),
    (errors.ProviderError, OUTSIDE),
    (errors.EngineError, OUTSIDE),
    (errors.LedgerError, OUTSIDE),
)


def exit_code_of(error: errors.BeredskapError) -> int:
    """Return the exit code of an error."""
    return next((code for kind, code in _BY_ERROR if isinstance(error, kind)), OUTSIDE)
