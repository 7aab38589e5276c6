"""From a confirmed correction to messages on their way.

Rows are staged out of sight; one short transaction then cuts off what came before (for a false
alarm and an all-clear), takes in everybody who was reached meanwhile, and makes it real. Whoever
looks at the ledger sees either the alert going on, or the alert ended and its correction ready.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from beredskap.desk.abandoning import undone_on_failure
from beredskap.desk.correcting import Correction, read_in_parts
from beredskap.desk.launching import Launched
from beredskap.desk.ports import REAL, Means
from beredskap.desk.signing import Signature, sign, sign_entry, signed
from beredskap.desk.staging import NAMED_AT_ONCE, parts
from beredskap.desk.standing_down import cancel_open, close_gate
from beredskap.domain.cascade import Cascade, CascadeStatus, move_cascade
from beredskap.domain.channel import Channel
from beredskap.domain.log import Code, LogEntry, LogKind
from beredskap.domain.officer import Actor
from beredskap.domain.scenario import PlaybookWave, WaveTerms
from beredskap.domain.stakeholder import Audience
from beredskap.domain.wording import word
from beredskap.errors import EngineError, RefusedError
from beredskap.store import staging
from beredskap.store.cases import lock_cascade, read_cascades, read_locale, save_cascade
from beredskap.store.corrections import read_touched_points
from beredskap.store.faults import told_as_refused
from beredskap.store.ledger import Transaction
from beredskap.store.log_book import append
from beredskap.store.people import PlacedDelivery, place_deliveries
from beredskap.store.personal import keep_values, new_ref
from beredskap.store.staging import StagedDelivery, set_hold, set_persons

_AT_ONCE = 1_500
_OPEN_SECONDS = 3_600
"""How long a correction is tried; after an hour its words would say too little."""

Points = Mapping[str, tuple[int, ...]]


def launch_correction(means: Means, actor: Actor, correction: Correction) -> Launched:
    """Stage a correction, cut off what it corrects, and let it leave at once.

    Raises:
        LedgerError: something could not be written; nothing was cut off and nothing is sent.
        EngineError: it is ready to leave, and no engine could be started to send it.
    """
    with told_as_refused("The correction could not be prepared and nothing was sent"):
        launched = _stage_and_release(means, actor, correction)
    try:
        means.starter.ensure_running()
    except EngineError as error:
        raise EngineError(
            f"The correction of {launched.incident} is ready and nothing of it has been sent: "
            f"{error} It goes out as soon as an engine runs."
        ) from error
    return launched


def _stage_and_release(means: Means, actor: Actor, correction: Correction) -> Launched:
    ledger = means.ledger
    rows = _Rows(means, correction)
    with ledger.write() as tx:
        rows.begin(tx, actor)
    with undone_on_failure(ledger, rows.cascade.id, means.clock.now()):
        for part in parts(list(correction.touched), _AT_ONCE):
            with ledger.write() as tx:
                rows.stage(tx, {ref: correction.touched[ref] for ref in part})
        with ledger.write() as tx:
            release_at, ended = rows.release(tx)
    for cascade in ended:
        cancel_open(ledger, cascade, release_at, rows.signature.ref)
    return Launched(
        incident=correction.incident.id,
        letter=correction.incident.letter,
        cascade_id=rows.cascade.id,
        release_at=release_at,
    )


class _Rows:
    """The rows of one correction; each method is one transaction's work."""

    def __init__(self, means: Means, correction: Correction) -> None:
        self._means, self._correction = means, correction
        self._staged: dict[str, set[int]] = {}
        self._waves: dict[str, int] = {}
        self.cascade: Cascade
        self.signature: Signature

    def begin(self, tx: Transaction, actor: Actor) -> None:
        """Stage the cascade, and say in the log what is prepared."""
        correction = self._correction
        incident = correction.incident
        self._locale = read_locale(tx, incident.id)
        self.signature = sign(tx, incident.id, actor, self._means.actor_key)
        self.cascade = staging.stage_cascade(
            tx,
            incident,
            kind=correction.kind,
            persons=correction.persons,
            plan_digest=_digest(correction, self._means.actor_key),
            now=REAL.now(),
        )
        append(tx, [self._prepared(tx)], REAL.now())

    def stage(self, tx: Transaction, touched: Points) -> None:
        """Stage people with a duty for each contact point where a message may have come."""
        placed: dict[str, list[str]] = {}
        deliveries = []
        for ref, person in read_in_parts(tx, list(touched)).items():
            done = self._staged.setdefault(ref, set())
            for number in touched[ref]:
                if number in done or number >= len(person.points):
                    continue
                done.add(number)
                key = _wave_key([point.channel for point in person.points], number)
                deliveries.append(
                    PlacedDelivery(
                        staged=StagedDelivery(
                            wave_id=self._wave(tx, key),
                            recipient=ref,
                            points=person.points[: number + 1],
                        ),
                        start=number,
                    )
                )
                placed.setdefault(key, []).append(ref)
        place_deliveries(tx, self.cascade, deliveries)
        append(tx, list(self._planned(placed)), REAL.now())

    def release(self, tx: Transaction) -> tuple[datetime, list[Cascade]]:
        """Cut off what came before, take in who was reached meanwhile, and make it real."""
        current = lock_cascade(tx, self.cascade.id)
        if current.status is not CascadeStatus.PREPARING:
            raise RefusedError(
                "The correction was called off meanwhile and nothing was sent; prepare it again."
            )
        now = self._means.clock.now()
        ended = list(self._cut_off(tx, now)) if current.kind.ends_what_came_before else []
        reached = read_touched_points(tx, current.incident_id)
        missing = {
            ref: tuple(n for n in points if n not in self._staged.get(ref, ()))
            for ref, points in reached.items()
        }
        self.stage(tx, {ref: points for ref, points in missing.items() if points})
        persons = sum(bool(points) for points in self._staged.values())
        set_persons(tx, current.id, persons)
        set_hold(tx, current.id, now)
        codes: dict[str, Code] = {
            "hold": 0,
            "persons": persons,
            "plan_digest": current.plan_digest,
        }
        transition = move_cascade(
            current, CascadeStatus.HELD, now, actor=self.signature.ref, codes=codes
        )
        save_cascade(tx, signed(transition, self.signature), REAL.now(), was=current.status)
        return now, ended

    def _cut_off(self, tx: Transaction, now: datetime) -> Iterator[Cascade]:
        for cascade in read_cascades(tx, self.cascade.incident_id):
            if cascade.id >= self.cascade.id or cascade.status.is_final:
                continue
            codes: dict[str, Code] = {"reason": self.cascade.kind.value}
            if close_gate(tx, cascade.id, now, self.signature, codes) is not None:
                yield cascade

    def _wave(self, tx: Transaction, key: str) -> int:
        if key not in self._waves:
            correction = self._correction
            terms = WaveTerms(allowed_seconds=_OPEN_SECONDS, useful_seconds=_OPEN_SECONDS)
            wave = PlaybookWave(
                id=key,
                title=word(correction.kind, self._locale),
                audience=Audience(),
                template=correction.kind.value,
                terms=terms,
            )
            self._waves[key] = staging.stage_wave(
                tx,
                self.cascade,
                wave,
                ordinal=len(self._waves),
                terms=terms,
                answers=correction.answers,
                now=self._means.clock.now(),
            )
            staging.stage_bodies(tx, self._waves[key], correction.bodies)
        return self._waves[key]

    def _prepared(self, tx: Transaction) -> LogEntry:
        correction = self._correction
        facts = {
            new_ref("f"): json.dumps({"fact": name, "value": value}, ensure_ascii=False)
            for name, value in correction.facts.items()
        }
        commitments = keep_values(tx, correction.incident.id, facts)
        codes: dict[str, Code] = {
            "kind": correction.kind.value,
            "scenario": correction.scenario.id,
            "persons": correction.persons,
            "plan_digest": self.cascade.plan_digest,
            "facts": list(facts),
        }
        return sign_entry(self._entry(LogKind.CASCADE_PREPARED, codes, commitments), self.signature)

    def _planned(self, placed: Mapping[str, Sequence[str]]) -> Iterator[LogEntry]:
        for key, refs in placed.items():
            for part in parts(refs, NAMED_AT_ONCE):
                yield self._entry(LogKind.PEOPLE_PLANNED, {"wave": key, "people": list(part)}, {})

    def _entry(
        self, kind: LogKind, codes: Mapping[str, Code], commitments: Mapping[str, str]
    ) -> LogEntry:
        return LogEntry(
            incident_id=self._correction.incident.id,
            kind=kind,
            happened_at=self._means.clock.now(),
            actor=self.signature.ref,
            codes={"cascade": self.cascade.id, **codes},
            commitments=commitments,
        )


def _wave_key(channels: Sequence[Channel], number: int) -> str:
    """Return the wave of a contact point: one for each channel, and one for a second number."""
    channel = channels[number]
    before = channels[:number].count(channel)
    return channel.value if before == 0 else f"{channel.value}-{before + 1}"


def _digest(correction: Correction, key: bytes) -> str:
    """Return the keyed digest of who gets which texts; it stands in the log."""
    told = json.dumps(
        {
            "kind": correction.kind.value,
            "points": {ref: list(points) for ref, points in correction.touched.items()},
            "texts": sorted(body.digest for body in correction.bodies.values()),
        },
        sort_keys=True,
        separators=(",", ":"),
    )
    return hmac.new(key, told.encode(), hashlib.sha256).hexdigest()
