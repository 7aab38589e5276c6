"""What a constraint or trigger of the database refused, said as one of our errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError

from beredskap.errors import LedgerError


@contextmanager
def told_as_refused(what: str) -> Iterator[None]:
    """Turn a refused row into a LedgerError that begins with `what`; it names no value.

    Raises:
        LedgerError: a constraint or trigger refused a row.
    """
    try:
        yield
    except IntegrityError as error:
        raise LedgerError(
            f"{what}: the ledger refused a row; run 'beredskap db check', and report this."
        ) from error
