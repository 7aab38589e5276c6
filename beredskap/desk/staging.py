"""A preparation as rows: incident, cascade, waves, texts, people and duties, and the log."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from beredskap.desk.incidents import opening_entry
from beredskap.desk.ports import REAL
from beredskap.desk.preparing import Preparation
from beredskap.desk.roll import Roll
from beredskap.desk.signing import Signature, sign, sign_entry
from beredskap.domain.cascade import Cascade
from beredskap.domain.delivery import Reason
from beredskap.domain.incident import Incident
from beredskap.domain.log import Code, LogEntry, LogKind
from beredskap.domain.officer import Actor
from beredskap.domain.plan import PlannedDelivery
from beredskap.store import staging
from beredskap.store.cases import read_incident
from beredskap.store.ledger import Transaction
from beredskap.store.log_book import append
from beredskap.store.people import place_deliveries
from beredskap.store.personal import keep_values, new_ref

NAMED_AT_ONCE = 500
"""People that one log entry names."""

Item = TypeVar("Item")


def parts(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """Yield a sequence in parts of at most a size."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


class Staging:
    """The rows of one launch, written part by part; each method is one transaction's work."""

    def __init__(self, preparation: Preparation, roll: Roll, now: datetime) -> None:
        """Take what is to be staged; nothing is written before `begin`."""
        self._preparation, self._roll, self._now = preparation, roll, now
        self.incident: Incident
        self.cascade: Cascade
        self.signature: Signature
        self._wave_ids: dict[str, int] = {}
        self._records = _records_of(preparation)

    def begin(self, tx: Transaction, actor: Actor, key: bytes, incident_id: str | None) -> None:
        """Open the incident if there is none, and stage the cascade, its waves and its texts."""
        preparation, entries = self._preparation, []
        if incident_id is not None:
            self.incident = read_incident(tx, incident_id)
            self.signature = sign(tx, self.incident.id, actor, key)
        else:
            self.incident = staging.open_incident(
                tx,
                mode=preparation.mode,
                scenario_id=preparation.scenario.id,
                title=preparation.scenario.title,
                locale=preparation.organisation.locale,
                content_digests=preparation.content_digests,
                now=self._now,
            )
            self.signature = sign(tx, self.incident.id, actor, key)
            entries.append(opening_entry(self.incident, self.signature, by_launch=True))
        self.cascade = staging.stage_cascade(
            tx,
            self.incident,
            kind=preparation.kind,
            persons=preparation.persons,
            plan_digest=preparation.plan_digest,
            now=REAL.now(),
        )
        self._stage_waves(tx)
        entries.append(self._prepared_entry(tx))
        append(tx, entries, REAL.now())

    def stage_part(
        self, tx: Transaction, wave_key: str, deliveries: Sequence[PlannedDelivery]
    ) -> None:
        """Stage people with their duties, and tell of everybody who is left out and why."""
        keys = [delivery.person for delivery in deliveries]
        commitments = self._roll.stage(tx, self.incident.id, keys)
        wave_id = self._wave_ids[wave_key]
        place_deliveries(
            tx, self.cascade, (self._roll.delivery(wave_id, one) for one in deliveries)
        )
        entries = list(self._planned(keys, commitments, {"wave": wave_key}))
        for delivery in deliveries:
            entries += self._merged(tx, delivery)
            entries += self._skipped(tx, wave_key, delivery)
        append(tx, entries, REAL.now())

    def stage_standby(self, tx: Transaction, keys: Sequence[str]) -> None:
        """Stage people who are told only when called in."""
        commitments = self._roll.stage(tx, self.incident.id, keys)
        append(tx, self._planned(keys, commitments, {"standby": True}), REAL.now())

    def _stage_waves(self, tx: Transaction) -> None:
        preparation = self._preparation
        for ordinal, planned in enumerate(preparation.plan.waves):
            wave_id = staging.stage_wave(
                tx,
                self.cascade,
                planned.wave,
                ordinal=ordinal,
                terms=self._roll.terms(planned.wave.terms),
                answers=preparation.answers[planned.wave.id],
                now=self._now,
            )
            staging.stage_bodies(tx, wave_id, preparation.bodies[planned.wave.id])
            self._wave_ids[planned.wave.id] = wave_id

    def _prepared_entry(self, tx: Transaction) -> LogEntry:
        """Return the entry that says what was prepared; the facts are kept as personal values."""
        preparation = self._preparation
        facts = {
            new_ref("f"): json.dumps({"fact": name, "value": value}, ensure_ascii=False)
            for name, value in preparation.facts.items()
        }
        commitments = keep_values(tx, self.incident.id, facts)
        codes: dict[str, Code] = {
            "kind": self.cascade.kind.value,
            "scenario": preparation.scenario.id,
            "persons": preparation.persons,
            "plan_digest": preparation.plan_digest,
            "content_digest": _digest_of(preparation.content_digests),
            "changed": list(preparation.adoption.changed),
            "facts": list(facts),
        }
        return sign_entry(self._entry(LogKind.CASCADE_PREPARED, codes, commitments), self.signature)

    def _planned(
        self, keys: Sequence[str], commitments: Mapping[str, str], codes: Mapping[str, Code]
    ) -> Iterator[LogEntry]:
        for part in parts(keys, NAMED_AT_ONCE):
            refs = [self._roll.ref(key) for key in part]
            yield self._entry(
                LogKind.PEOPLE_PLANNED,
                {**codes, "people": refs},
                {ref: commitments[ref] for ref in refs if ref in commitments},
            )

    def _merged(self, tx: Transaction, delivery: PlannedDelivery) -> Iterator[LogEntry]:
        """Yield an entry for each record that means this person and is therefore not told."""
        for record in self._records.pop(delivery.person, ()):
            kept = new_ref("d")
            yield self._entry(
                LogKind.PERSON_SKIPPED,
                {"reason": Reason.DUPLICATE.value, "record": kept},
                keep_values(tx, self.incident.id, {kept: record}),
                subject=self._roll.ref(delivery.person),
            )

    def _skipped(
        self, tx: Transaction, wave_key: str, delivery: PlannedDelivery
    ) -> Iterator[LogEntry]:
        if delivery.reason is None:
            return
        codes: dict[str, Code] = {"wave": wave_key, "reason": delivery.reason.value}
        told: dict[str, str] = {}
        why = self._preparation.exclusions.get(delivery.person)
        if why and delivery.reason is Reason.EXCLUDED:
            codes["text"] = new_ref("t")
            told = keep_values(tx, self.incident.id, {str(codes["text"]): why})
        yield self._entry(
            LogKind.PERSON_SKIPPED, codes, told, subject=self._roll.ref(delivery.person)
        )

    def _entry(
        self,
        kind: LogKind,
        codes: Mapping[str, Code],
        commitments: Mapping[str, str],
        *,
        subject: str | None = None,
    ) -> LogEntry:
        return LogEntry(
            incident_id=self.incident.id,
            kind=kind,
            happened_at=self._now,
            actor=self.signature.ref,
            subject=subject,
            codes={"cascade": self.cascade.id, **codes},
            commitments=commitments,
        )


def _records_of(preparation: Preparation) -> dict[str, tuple[str, ...]]:
    """Return, by person, the ids of the records that were merged into them."""
    records: dict[str, tuple[str, ...]] = {}
    for merged in preparation.plan.duplicates:
        records[merged.same_as] = (*records.get(merged.same_as, ()), merged.person)
    return records


def _digest_of(digests: Mapping[str, str]) -> str:
    canonical = json.dumps(dict(digests), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
