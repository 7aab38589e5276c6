"""Who is who in an incident: one reference and one list of points for each person of a plan.

A person is kept once however many waves and alerts tell them. Waves may order or word a person's
points differently, so the kept list holds every run of points that a wave uses, and a delivery says
where its own run begins. Points are only ever added: what is on the wire keeps its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from beredskap.domain.plan import Plan, PlannedDelivery, PlannedPoint
from beredskap.domain.scenario import RungAction, WaveTerms
from beredskap.store.ledger import Transaction
from beredskap.store.people import (
    PlacedDelivery,
    Recipient,
    no_longer_standby,
    read_protected,
    read_recipients,
    replace_person,
)
from beredskap.store.personal import KnownPerson, new_ref
from beredskap.store.staging import StagedDelivery, StagedPerson, stage_people


@dataclass(slots=True)
class _Place:
    """One person of the plan in the incident."""

    known: KnownPerson
    is_protected: bool
    is_standby: bool
    is_new: bool
    was_standby: bool = False
    is_changed: bool = False
    is_staged: bool = False


class Roll:
    """Gives every person of a plan a reference, and stages them as they are needed."""

    def __init__(
        self, plan: Plan, known: Mapping[str, Recipient], protected: Sequence[Recipient]
    ) -> None:
        """Take the plan and whom the incident knows already."""
        self._plan = plan
        self._free_protected = [one for one in protected if not one.known.is_erased]
        self._numbers = {one.known.name for one in protected}
        self._places: dict[str, _Place] = {}
        for key, standing_by in plan.standby.items():
            self._place(key, known, standing_by.points)
        for wave in plan.waves:
            for delivery in wave.deliveries:
                self._place(delivery.person, known, delivery.points)

    @classmethod
    def for_incident(cls, tx: Transaction, incident_id: str | None, plan: Plan) -> Roll:
        """Return the roll of a plan in an incident, or in one that is still to be opened."""
        if incident_id is None:
            return cls(plan, {}, ())
        return cls(
            plan, read_recipients(tx, incident_id, plan.people), read_protected(tx, incident_id)
        )

    def ref(self, key: str) -> str:
        """Return the reference of a person of the plan."""
        return self._places[key].known.ref

    def terms(self, terms: WaveTerms) -> WaveTerms:
        """Return a wave's terms with each last rung named by reference, or by nobody."""
        return replace(
            terms,
            ladder=tuple(
                replace(rung, person=self._standby_ref(rung.person))
                if rung.action is RungAction.LAST_RUNG
                else rung
                for rung in terms.ladder
            ),
        )

    def delivery(self, wave_id: int, planned: PlannedDelivery) -> PlacedDelivery:
        """Return a delivery of the plan, ready to be staged."""
        place = self._places[planned.person]
        start = _start_of(place.known.points, planned.points) or 0
        return PlacedDelivery(
            staged=StagedDelivery(
                wave_id=wave_id,
                recipient=place.known.ref,
                points=place.known.points[: start + len(planned.points)] if planned.points else (),
                reason=planned.reason,
                deputy=self._standby_ref(planned.deputy),
            ),
            start=start,
        )

    def standing_by(self) -> tuple[str, ...]:
        """Return the people who are told only when called in."""
        return tuple(key for key, place in self._places.items() if place.is_standby)

    def stage(self, tx: Transaction, incident_id: str, keys: Iterable[str]) -> dict[str, str]:
        """Keep those of these people who are not kept yet and return the new commitments."""
        places = [self._places[key] for key in dict.fromkeys(keys)]
        places = [place for place in places if not place.is_staged]
        new = [
            StagedPerson(
                known=place.known, is_protected=place.is_protected, is_standby=place.is_standby
            )
            for place in places
            if place.is_new
        ]
        commitments = stage_people(tx, incident_id, new)
        for place in places:
            place.is_staged = True
            if place.is_changed and not place.is_new:
                commitments[place.known.ref] = replace_person(tx, place.known)
        called = [p.known.ref for p in places if p.was_standby and not p.is_standby]
        no_longer_standby(tx, called)
        return commitments

    def _standby_ref(self, key: str | None) -> str | None:
        if key is None or key not in self._plan.standby:
            return None
        return self._places[key].known.ref

    def _place(
        self, key: str, known: Mapping[str, Recipient], points: tuple[PlannedPoint, ...]
    ) -> None:
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = self._first_place(key, known, points)
        if _start_of(place.known.points, points) is None:
            place.known = replace(place.known, points=(*place.known.points, *points))
            place.is_changed = True

    def _first_place(
        self, key: str, known: Mapping[str, Recipient], points: tuple[PlannedPoint, ...]
    ) -> _Place:
        person = self._plan.people[key]
        held = self._held_protected(points) if person.is_protected else known.get(key)
        if held is not None:
            return _Place(
                known=held.known,
                is_protected=person.is_protected,
                is_standby=person.is_standby and held.is_standby,
                was_standby=held.is_standby,
                is_new=False,
            )
        return _Place(
            known=KnownPerson(
                ref=new_ref("p"),
                id=person.id,
                name=self._free_name(person.name) if person.is_protected else person.name,
                unit=person.unit,
                roles=person.roles,
                points=points,
            ),
            is_protected=person.is_protected,
            is_standby=person.is_standby,
            is_new=True,
        )

    def _held_protected(self, points: tuple[PlannedPoint, ...]) -> Recipient | None:
        """Return a protected person reached in the same way: nothing else tells them apart."""
        for held in self._free_protected:
            if _start_of(held.known.points, points) is not None and bool(points) == bool(
                held.known.points
            ):
                self._free_protected.remove(held)
                return held
        return None

    def _free_name(self, name: str) -> str:
        """Return a number that no other protected person of the incident has."""
        words, number = name.rsplit(" ", 1)[0], 1
        while f"{words} {number}" in self._numbers:
            number += 1
        self._numbers.add(f"{words} {number}")
        return f"{words} {number}"


def _start_of(kept: tuple[PlannedPoint, ...], points: tuple[PlannedPoint, ...]) -> int | None:
    """Return where a run of points begins in the kept list, or None if it is not in it."""
    for start in range(len(kept) - len(points) + 1):
        if kept[start : start + len(points)] == points:
            return start
    return None
