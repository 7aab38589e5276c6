"""When an officer is told that nothing has left though it should have."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from beredskap.domain.cascade import CascadeKind, CascadeStatus
from beredskap.domain.incident import IncidentMode, IncidentStatus
from beredskap.domain.report import LATE_SECONDS, CascadeFigures, IncidentFigures, Times

RELEASE = datetime(2026, 11, 23, 3, 12, tzinfo=UTC)


def figures(
    status: CascadeStatus = CascadeStatus.HELD,
    kind: CascadeKind = CascadeKind.ALERT,
    *,
    release_at: datetime | None = RELEASE,
    first_send: datetime | None = None,
) -> IncidentFigures:
    """Return an incident with one cascade."""
    cascade = CascadeFigures(id=1, kind=kind, status=status, persons=9, release_at=release_at)
    return IncidentFigures(
        incident="20261123-1",
        letter="A",
        mode=IncidentMode.LIVE,
        scenario="brand",
        title="Brand",
        status=IncidentStatus.OPEN,
        persons=9,
        reach={},
        cascades=(cascade,),
        times=Times(first_send=first_send),
    )


@pytest.mark.parametrize("status", [CascadeStatus.HELD, CascadeStatus.RUNNING])
def test_an_alert_is_late_some_seconds_after_its_hold(status: CascadeStatus) -> None:
    late = RELEASE + timedelta(seconds=LATE_SECONDS)
    assert figures(status).should_have_begun(late)
    assert not figures(status).should_have_begun(late - timedelta(milliseconds=1))


@pytest.mark.parametrize(
    "told",
    [
        figures(CascadeStatus.RUNNING, first_send=RELEASE),
        figures(CascadeStatus.PAUSED),
        figures(CascadeStatus.STOOD_DOWN),
        figures(CascadeStatus.AWAITING_APPROVAL, release_at=None),
        figures(CascadeStatus.RUNNING, CascadeKind.UPDATE),
    ],
)
def test_what_has_begun_or_does_not_wait_is_never_late(told: IncidentFigures) -> None:
    assert not told.should_have_begun(RELEASE + timedelta(hours=1))
