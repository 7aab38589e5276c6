"""Undoing a launch that did not come to its end: at once when it failed, later if it crashed."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from beredskap.desk.incidents import close_within
from beredskap.desk.signing import Signature
from beredskap.desk.standing_down import cancel_open, close_gate
from beredskap.domain.cascade import CascadeStatus
from beredskap.domain.incident import IncidentStatus
from beredskap.domain.log import ENGINE, LogKind
from beredskap.errors import BeredskapError
from beredskap.store.cases import lock_cascade, read_cascades, read_incident
from beredskap.store.faults import told_as_refused
from beredskap.store.ledger import Ledger, Transaction
from beredskap.store.log_book import read_entries
from beredskap.store.staging import abandoned_cascades

ABANDONED_AFTER = timedelta(minutes=10)
"""A preparation older than this by real time belongs to a face that is gone."""
_BY_ITSELF = Signature(ref=ENGINE)
_logger = logging.getLogger(__name__)


@contextmanager
def undone_on_failure(ledger: Ledger, cascade_id: int, now: datetime) -> Iterator[None]:
    """Stand a staged cascade down if anything goes wrong inside, and let the error pass on.

    What cannot be undone now, since the ledger itself fails, is swept later.
    """
    is_done = False
    try:
        yield
        is_done = True
    finally:
        if not is_done:
            try:
                with told_as_refused("The preparation could not be undone"):
                    _undo(ledger, cascade_id, now, "launch_failed")
            except BeredskapError:
                _logger.warning("cascade %s is left to the sweep", cascade_id, exc_info=True)


def sweep_abandoned(ledger: Ledger, real_now: datetime, now: datetime) -> int:
    """Stand down every preparation that a crashed face left behind and return how many.

    An incident that was opened only for that launch is closed.
    """
    with ledger.read() as tx:
        abandoned = abandoned_cascades(tx, real_now - ABANDONED_AFTER)
    for cascade_id, _ in abandoned:
        _undo(ledger, cascade_id, now, "abandoned")
    return len(abandoned)


def _undo(ledger: Ledger, cascade_id: int, now: datetime, reason: str) -> None:
    """Stand down what was staged, unless an engine has released it already."""
    undoable = (
        CascadeStatus.PREPARING,
        CascadeStatus.AWAITING_APPROVAL,
        CascadeStatus.HELD,
        CascadeStatus.STOOD_DOWN,
    )
    with ledger.write() as tx:
        cascade = lock_cascade(tx, cascade_id)
        if cascade.status not in undoable:
            return
        close_gate(tx, cascade_id, now, _BY_ITSELF, {"reason": reason})
    cancel_open(ledger, cascade, now, ENGINE)
    with ledger.write() as tx:
        if _was_opened_only_for_this(tx, cascade.incident_id):
            close_within(tx, cascade.incident_id, now, _BY_ITSELF, reason)


def _was_opened_only_for_this(tx: Transaction, incident_id: str) -> bool:
    if read_incident(tx, incident_id).status is IncidentStatus.CLOSED:
        return False
    if len(read_cascades(tx, incident_id)) > 1:
        return False
    if read_entries(tx, incident_id, kinds=(LogKind.NOTE, LogKind.ACKNOWLEDGED), most=1):
        return False
    opened = read_entries(tx, incident_id, kinds=(LogKind.INCIDENT_OPENED,), most=1)
    return bool(opened) and opened[0].entry.codes.get("by_launch") is True
