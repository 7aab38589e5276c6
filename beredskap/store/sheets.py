"""What a call sheet reads besides people: the words that were to be sent first."""

from __future__ import annotations

from sqlalchemy import case, select

from beredskap.domain.cascade import CascadeKind
from beredskap.domain.channel import Channel
from beredskap.store.ledger import Transaction
from beredskap.store.tables import CascadeRow, IncidentRow, WaveBodyRow, WaveRow

_CASCADE = CascadeRow.__table__  # type: ignore[attr-defined]
_WAVE = WaveRow.__table__  # type: ignore[attr-defined]
_WAVE_BODY = WaveBodyRow.__table__  # type: ignore[attr-defined]
_INCIDENT = IncidentRow.__table__  # type: ignore[attr-defined]


def first_body_digest(tx: Transaction, incident_id: str) -> str | None:
    """Return the digest of what is to be said: an SMS in the incident's language if there is one.

    After a correction it is the newest correction's text, never again the alert's.
    """
    locale = select(_INCIDENT.c.locale).where(_INCIDENT.c.id == incident_id).scalar_subquery()
    found: str | None = tx.execute(
        select(_WAVE_BODY.c.digest)
        .join(_WAVE, _WAVE.c.id == _WAVE_BODY.c.wave_id)
        .join(_CASCADE, _CASCADE.c.id == _WAVE.c.cascade_id)
        .where(_WAVE.c.incident_id == incident_id)
        .order_by(
            case((_CASCADE.c.kind == CascadeKind.ALERT.value, 1), else_=0),
            _CASCADE.c.id.desc(),
            case((_WAVE_BODY.c.channel == Channel.SMS.value, 0), else_=1),
            case((_WAVE_BODY.c.language == locale, 0), else_=1),
            _WAVE.c.ordinal,
        )
        .limit(1)
    ).scalar_one_or_none()
    return found
