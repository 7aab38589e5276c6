"""Who will be told what, when and on which way: the plan an officer confirms.

Nobody is left out in silence: whoever cannot or shall not be sent to is a row with its reason.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from beredskap.domain.audience import members
from beredskap.domain.channel import Channel
from beredskap.domain.delivery import Reason
from beredskap.domain.incident import IncidentMode
from beredskap.domain.message import MessageTemplate
from beredskap.domain.scenario import PlaybookWave, Priority, RungAction, Scenario
from beredskap.domain.stakeholder import ContactPoint, Directory, Stakeholder


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedPoint:
    """One contact point with the language its text will have."""

    channel: Channel
    address: str
    language: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedDelivery:
    """One person in one wave: the points to try in order, or the reason for none."""

    person: str
    """The person's id in the directory; the recipient of the plan with that key."""
    points: tuple[PlannedPoint, ...] = ()
    reason: Reason | None = None
    deputy: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedWave:
    """One wave of the plan."""

    wave: PlaybookWave
    deliveries: tuple[PlannedDelivery, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedPerson:
    """A person of the plan as the ledger and the screens show them."""

    id: str
    """The person's id; empty for a protected person."""
    name: str
    """The person's name, or `skyddad person N`."""
    unit: str | None = None
    roles: tuple[str, ...] = ()
    is_protected: bool = False
    is_standby: bool = False
    """True for a deputy or last rung who is called in only when needed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Merged:
    """A record that means a person who already stands in the plan."""

    person: str
    same_as: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """Everything an officer confirms but the texts."""

    scenario_id: str
    mode: IncidentMode
    facts: Mapping[str, str]
    waves: tuple[PlannedWave, ...]
    people: Mapping[str, PlannedPerson]
    """Key → person, in order; a protected person's key is known to nobody outside."""
    standby: Mapping[str, PlannedDelivery] = field(default_factory=dict)
    """Person key → how a deputy or last rung is reached if called in, in any wave."""
    duplicates: tuple[Merged, ...] = ()

    @property
    def persons(self) -> int:
        """Return the number an officer confirms: distinct persons in all audiences."""
        return len({d.person for wave in self.waves for d in wave.deliveries})

    def digest(self, body_digests: Mapping[str, str], key: bytes) -> str:
        """Return the keyed hash of who, what and when; the same plan and texts give the same.

        It is keyed, since it stands in the log, where no id or address is hashed in clear.
        """
        shape = {
            "scenario": self.scenario_id,
            "mode": self.mode.value,
            "waves": [
                [
                    w.wave.id,
                    [[d.person, [p.address for p in d.points], d.reason] for d in w.deliveries],
                ]
                for w in self.waves
            ],
            "bodies": dict(body_digests),
        }
        canonical = json.dumps(shape, sort_keys=True, separators=(",", ":"), default=str)
        return hmac.new(key, canonical.encode(), hashlib.sha256).hexdigest()


def _shape(delivery: PlannedDelivery) -> list[object]:
    return [delivery.person, [point.address for point in delivery.points], delivery.reason]


def plan_waves(
    scenario: Scenario,
    directory: Directory,
    templates: Mapping[str, MessageTemplate],
    facts: Mapping[str, str],
    now: datetime,
    *,
    mode: IncidentMode,
    exclusions: Mapping[str, str] | None = None,
    additions: tuple[str, ...] = (),
) -> Plan:
    """Return who hears what in which wave, with a reason for everybody who does not.

    `exclusions` are person ids left out by the officer with the reason; `additions` are person
    ids added to the first wave.
    """
    return _Planner(
        scenario, directory, templates, facts, now, mode, exclusions or {}, additions
    ).plan()


class _Planner:
    """Builds one plan; holds what is shared between its waves."""

    def __init__(
        self,
        scenario: Scenario,
        directory: Directory,
        templates: Mapping[str, MessageTemplate],
        facts: Mapping[str, str],
        now: datetime,
        mode: IncidentMode,
        exclusions: Mapping[str, str],
        additions: tuple[str, ...],
    ) -> None:
        self.scenario, self.directory, self.templates = scenario, directory, templates
        self.facts, self.now, self.mode = facts, now, mode
        self.exclusions, self.additions = exclusions, additions
        self.people: dict[str, PlannedPerson] = {}
        self.standby: dict[str, PlannedDelivery] = {}
        self.first_of: dict[tuple[str, str], str] = {}
        self.duplicates: dict[str, Merged] = {}

    def plan(self) -> Plan:
        waves = tuple(
            PlannedWave(wave=wave, deliveries=self._deliveries(wave, is_first=not number))
            for number, wave in enumerate(self.scenario.playbook.waves)
        )
        called = {d.person for wave in waves for d in wave.deliveries}
        for key in self.standby:
            if key not in called and key in self.directory.people:
                self.people.setdefault(
                    key, self._shown(self.directory.people[key], is_standby=True)
                )
        return Plan(
            scenario_id=self.scenario.id,
            mode=self.mode,
            facts=dict(self.facts),
            waves=waves,
            people=self.people,
            standby=self.standby,
            duplicates=tuple(self.duplicates.values()),
        )

    def _deliveries(self, wave: PlaybookWave, *, is_first: bool) -> tuple[PlannedDelivery, ...]:
        audience = list(members(wave.audience, self.directory, self.facts, self.now))
        if is_first:
            present = {person.id for person in audience}
            audience += [
                self.directory.people[i]
                for i in self.additions
                if i in self.directory.people and i not in present
            ]
        planned = [
            self._delivery(person, wave) for person in audience if not self._is_merged(person)
        ]
        for rung in wave.terms.ladder:
            last = self.directory.people.get(rung.person or "")
            if rung.action is RungAction.LAST_RUNG and last is not None:
                self._stand_by(last, wave)
        return tuple(planned)

    def _is_merged(self, person: Stakeholder) -> bool:
        """Say whether the record means somebody already planned: same name and same address."""
        for point in person.contact_points:
            if person.is_protected:
                return False
            key = (person.name.casefold(), point.address.casefold())
            first = self.first_of.setdefault(key, person.id)
            if first != person.id:
                self.duplicates[person.id] = Merged(person=person.id, same_as=first)
                return True
        return False

    def _delivery(self, person: Stakeholder, wave: PlaybookWave) -> PlannedDelivery:
        self.people[person.id] = self._shown(person)
        reached_through = person
        if person.is_protected:
            through = self.directory.people.get(person.go_between or "")
            if through is None:
                return PlannedDelivery(person=person.id, reason=Reason.PROTECTED)
            reached_through = through
        points = self._points(reached_through, wave)
        reason = self._reason(person, reached_through, points, wave)
        deputy = None if reason is Reason.EXCLUDED else self._deputy(person, wave)
        return PlannedDelivery(
            person=person.id, points=() if reason else points, reason=reason, deputy=deputy
        )

    def _reason(
        self,
        person: Stakeholder,
        reached_through: Stakeholder,
        points: tuple[PlannedPoint, ...],
        wave: PlaybookWave,
    ) -> Reason | None:
        if person.id in self.exclusions:
            return Reason.EXCLUDED
        on_leave = person.status.is_on_leave
        if on_leave and (
            self.mode.needs_marks or (wave.terms.rule.asks and not wave.audience.includes_leave)
        ):
            return Reason.ON_LEAVE
        if person.has_opted_out:
            return Reason.OPTED_OUT
        if points:
            return None
        return Reason(reached_through.fault) if reached_through.fault else Reason.NO_ADDRESS

    def _points(self, person: Stakeholder, wave: PlaybookWave) -> tuple[PlannedPoint, ...]:
        template = self.templates[wave.template]
        ordered = order_points(person.contact_points, wave.terms.priority)
        return tuple(
            PlannedPoint(channel=point.channel, address=point.address, language=language)
            for point in ordered
            if (language := self._language(person, template, point.channel)) is not None
        )

    def _language(
        self, person: Stakeholder, template: MessageTemplate, channel: Channel
    ) -> str | None:
        available = template.languages(channel)
        for language in (*person.languages, self.directory.organisation.locale, *available):
            if language in available:
                return language
        return None

    def _deputy(self, person: Stakeholder, wave: PlaybookWave) -> str | None:
        deputy_id = person.deputy
        unit = self.directory.units.get(person.unit or "")
        if deputy_id is None and unit is not None and unit.manager == person.id:
            deputy_id = unit.deputy
        deputy = self.directory.people.get(deputy_id or "")
        if deputy is None or deputy.id == person.id:
            return None
        return deputy.id if self._stand_by(deputy, wave) else None

    def _stand_by(self, person: Stakeholder, wave: PlaybookWave) -> bool:
        """Keep how a person is reached if called in; say whether they can be."""
        if person.is_protected or person.id in self.exclusions or person.status.is_on_leave:
            return False
        points = self._points(person, wave)
        if points:
            self.standby.setdefault(person.id, PlannedDelivery(person=person.id, points=points))
        return bool(points)

    def _shown(self, person: Stakeholder, *, is_standby: bool = False) -> PlannedPerson:
        if person.is_protected:
            number = sum(known.is_protected for known in self.people.values()) + 1
            return self.people.get(person.id) or PlannedPerson(
                id="", name=f"skyddad person {number}", is_protected=True
            )
        return PlannedPerson(
            id=person.id,
            name=person.name,
            unit=person.unit,
            roles=person.roles,
            is_standby=is_standby,
        )


def order_points(points: tuple[ContactPoint, ...], priority: Priority) -> tuple[ContactPoint, ...]:
    """Return contact points in the order of use: SMS first when urgent, else the person's own."""
    if priority is Priority.URGENT:
        return tuple(sorted(points, key=lambda point: point.channel is not Channel.SMS))
    return points
