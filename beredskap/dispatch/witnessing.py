"""Telling an outside mailbox how long each live log is and what its newest hash is.

Whoever holds such a mail can show later that nothing up to it was changed or cut away; a log whose
heads nobody else has can be computed anew. Drills are not witnessed: nothing of theirs may leave by
a live sender.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from beredskap.channels.sender import Sender
from beredskap.dispatch.store_thread import StoreThread
from beredskap.domain.attempt import FAILED, AttemptStatus
from beredskap.domain.channel import Channel
from beredskap.domain.envelope import Envelope
from beredskap.domain.incident import Incident, IncidentMode, IncidentStatus
from beredskap.domain.message import Body
from beredskap.store.cases import read_incidents
from beredskap.store.ledger import Ledger, Transaction, read_meta, write_meta
from beredskap.store.log_book import ChainHead, chain_head

LOGGER = logging.getLogger(__name__)
_TRY_AGAIN_AFTER = timedelta(minutes=1)
_SUBJECT = "Loggbevis {incident}"
_TEXT = """\
Händelse: {incident}
Poster: {count}
Kedjehuvud: {head}

Spara brevet. Loggen prövas med:
beredskap log export {incident} > logg.jsonl
beredskap log verify logg.jsonl --head {head}

Keep this mail: it shows what the log held, and its wording cannot be changed unseen.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Told:
    """What the mailbox was told last of one log."""

    count: int = 0
    is_closed: bool = False
    at: datetime | None = None

    @classmethod
    def from_json(cls, text: str) -> _Told:
        """Return what was kept."""
        kept = json.loads(text)
        return cls(
            count=kept["count"],
            is_closed=kept["is_closed"],
            at=datetime.fromisoformat(kept["at"]),
        )


class Witness:
    """Mails the chain heads of live incidents at launch, at close, and each day between."""

    def __init__(self, ledger: Ledger, sender: Sender, to: str, store: StoreThread) -> None:
        """Take the live mail route and the mailbox."""
        self._ledger, self._sender, self._to, self._store = ledger, sender, to, store
        self._not_before: datetime | None = None

    async def run(self, now: datetime) -> None:
        """Tell what is due; what the server did not take is tried again after a minute."""
        if self._not_before is not None and now < self._not_before:
            return
        self._not_before = None
        for incident, head in await self._store.run(lambda: self._due(now)):
            result = await self._sender.send(self._letter(incident, head))
            if result.status in FAILED or result.status is AttemptStatus.UNCERTAIN:
                self._not_before = now + _TRY_AGAIN_AFTER
                LOGGER.warning("the witness was not told of a log (%s)", result.code)
                return
            await self._store.run(lambda i=incident, h=head: self._keep(i, h, now))  # type: ignore[misc]

    def _due(self, now: datetime) -> list[tuple[Incident, ChainHead]]:
        found = []
        with self._ledger.read() as tx:
            for incident in read_incidents(tx):
                if incident.mode is not IncidentMode.LIVE:
                    continue
                told = self._told(tx, incident)
                if told.is_closed:
                    continue
                head = chain_head(tx, incident.id)
                if _is_due(incident, told, head, now):
                    found.append((incident, head))
        return found

    def _told(self, tx: Transaction, incident: Incident) -> _Told:
        kept = read_meta(tx, _key(incident))
        return _Told() if kept is None else _Told.from_json(kept)

    def _keep(self, incident: Incident, head: ChainHead, now: datetime) -> None:
        told = {
            "count": head.count,
            "is_closed": incident.status is IncidentStatus.CLOSED,
            "at": now.isoformat(),
        }
        with self._ledger.write() as tx:
            write_meta(tx, _key(incident), json.dumps(told))

    def _letter(self, incident: Incident, head: ChainHead) -> Envelope:
        text = _TEXT.format(incident=incident.id, count=head.count, head=head.head)
        subject = _SUBJECT.format(incident=incident.id)
        return Envelope(
            attempt_id=0,
            client_ref=f"witness.{incident.id}.{head.count}",
            mode=IncidentMode.LIVE,
            channel=Channel.EMAIL,
            address=self._to,
            body=Body(channel=Channel.EMAIL, language="sv", text=text, subject=subject),
            is_urgent=False,
        )


def _key(incident: Incident) -> str:
    return f"witness.{incident.id}"


def _is_due(incident: Incident, told: _Told, head: ChainHead, now: datetime) -> bool:
    """Say whether a head is to be told: the first, the last, and one a day where it has grown."""
    if told.at is None:
        return head.count > 0
    if incident.status is IncidentStatus.CLOSED:
        return True
    return head.count > told.count and now.date() > told.at.date()
