"""What an officer looks at before a correction: to whom, in which words, and what is cut off.

A correction goes to exactly the contact points where a message of the incident may have come. It
takes no second person and no hold: a wrong alert is corrected from the first second.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from beredskap.desk.adopting import known_scenario
from beredskap.desk.ports import Means
from beredskap.desk.preparing import Bodies, MeasuredMessage, measured, message_json
from beredskap.domain.cascade import CascadeKind
from beredskap.domain.channel import Channel
from beredskap.domain.incident import Incident, IncidentStatus
from beredskap.domain.message import AnswerMeaning, Body
from beredskap.domain.scenario import Scenario
from beredskap.errors import ContentError, RefusedError
from beredskap.library import Content, check_facts, freeze_bodies
from beredskap.store.corrections import (
    count_untouched,
    read_everybody,
    read_launch_facts,
    read_touched_points,
)
from beredskap.store.ledger import Transaction
from beredskap.store.personal import KnownPerson, read_people

_AT_ONCE = 1_500
COMMANDS = {
    CascadeKind.UPDATE: "update",
    CascadeKind.FALSE_ALARM: "false-alarm",
    CascadeKind.ALL_CLEAR: "all-clear",
}
"""What each correction is called on the command line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Correction:
    """What an officer confirms; launching it tells everybody who may have been told before."""

    incident: Incident
    kind: CascadeKind
    scenario: Scenario
    facts: Mapping[str, str]
    bodies: Bodies
    """Every text that somebody gets."""
    answers: tuple[AnswerMeaning, ...]
    messages: tuple[MeasuredMessage, ...]
    touched: Mapping[str, tuple[int, ...]]
    """Recipient reference → the contact points where a message may have come."""
    untouched: int
    """People of the incident whom nothing can have reached; they get nothing now either."""
    content_digests: Mapping[str, str]

    @property
    def persons(self) -> int:
        """Return the number that is confirmed."""
        return len(self.touched)

    def to_json(self) -> dict[str, object]:
        """Return the preview of the correction as an object with stable keys."""
        return {
            "incident": self.incident.id,
            "kind": self.kind.value,
            "scenario": self.scenario.id,
            "mode": self.incident.mode.value,
            "persons": self.persons,
            "untouched": self.untouched,
            "messages": [message_json(message) for message in self.messages],
        }


def prepare_correction(
    means: Means, content: Content, incident: Incident, kind: CascadeKind, facts: Mapping[str, str]
) -> Correction:
    """Return everything about a correction; nothing is written or sent.

    The facts of the alert stand unless new ones are given.

    Raises:
        RefusedError: the incident is closed, or has had no alert.
        UsageError: a fact is unknown or wrong.
        ContentError: the text is missing or cannot be used.
    """
    if incident.status is IncidentStatus.CLOSED:
        raise RefusedError(
            f"Incident {incident.id} is closed, so nothing more is sent in it; start a new alert."
        )
    with means.ledger.read() as tx:
        scenario_id, launched = read_launch_facts(tx, incident.id)
        touched = _with_address(tx, read_touched_points(tx, incident.id))
        untouched = count_untouched(tx, incident.id, touched)
        languages = _texts_wanted(tx, read_everybody(tx, incident.id))
        needed = _texts_wanted(tx, touched, touched)
    if scenario_id is None:
        raise RefusedError(
            f"Incident {incident.id} has had no alert, so there is nothing to correct."
        )
    scenario = known_scenario(content, scenario_id)
    template_id = _template_of(scenario, kind, content)
    template = content.templates[template_id]
    known = {fact.id for fact in scenario.facts}
    held = {name: value for name, value in launched.items() if name in known}
    complete = check_facts(scenario, content.directory, {**held, **facts})
    frozen = freeze_bodies(template, scenario, content.directory, complete, incident.mode)
    locale = content.directory.organisation.locale
    bodies: dict[tuple[Channel, str], Body] = {}
    for key in sorted(languages | needed):
        body = _nearest(frozen, *key, locale=locale, title=scenario.title)
        if body is not None:
            bodies[key] = body
        elif key in needed:
            raise ContentError(
                f"The text '{template_id}' has nothing to send by {key[0].value}, and people were "
                f"told that way; add message_templates/{template_id}/{key[0].value}.{locale}.j2."
            )
    return Correction(
        incident=incident,
        kind=kind,
        scenario=scenario,
        facts=complete,
        bodies=bodies,
        answers=template.answers,
        messages=tuple(measured({kind.value: bodies})),
        touched=touched,
        untouched=untouched,
        content_digests=content.digests,
    )


def check_correction(correction: Correction, confirm_count: int, *, still_sending: bool) -> None:
    """Let a correction pass, or say which rule refuses it.

    While the alert is still sent the number grows, so one that was true a moment ago is taken.

    Raises:
        RefusedError: a safety rule refuses it; nothing was written.
    """
    incident, command = correction.incident.id, COMMANDS[correction.kind]
    if correction.persons == 0:
        raise RefusedError(
            f"Nothing of incident {incident} can have reached anybody yet, so there is nothing to "
            f"correct; 'beredskap alert stop {incident}' calls it off."
        )
    is_outrun = still_sending and 0 < confirm_count < correction.persons
    if confirm_count != correction.persons and not is_outrun:
        raise RefusedError(
            f"You confirmed {confirm_count} persons and {correction.persons} may have been "
            f"reached; look at 'beredskap alert {command} {incident}' and confirm the number it "
            "shows."
        )


def read_in_parts(tx: Transaction, refs: Sequence[str]) -> dict[str, KnownPerson]:
    """Return those of these people whose values are still kept."""
    people = read_people(tx, refs)
    return {ref: person for ref, person in people.items() if not person.is_erased}


def _with_address(
    tx: Transaction, touched: Mapping[str, tuple[int, ...]]
) -> dict[str, tuple[int, ...]]:
    """Return the points that still have an address; the erased and the addressless have none."""
    found: dict[str, tuple[int, ...]] = {}
    refs = list(touched)
    for start in range(0, len(refs), _AT_ONCE):
        for ref, person in read_in_parts(tx, refs[start : start + _AT_ONCE]).items():
            points = tuple(point for point in touched[ref] if point < len(person.points))
            if points:
                found[ref] = points
    return found


def _texts_wanted(
    tx: Transaction, people: Iterable[str], only: Mapping[str, tuple[int, ...]] | None = None
) -> set[tuple[Channel, str]]:
    """Return the channels and languages of people's contact points: of all, or of these."""
    wanted: set[tuple[Channel, str]] = set()
    refs = list(people)
    for start in range(0, len(refs), _AT_ONCE):
        for ref, person in read_in_parts(tx, refs[start : start + _AT_ONCE]).items():
            numbers = range(len(person.points)) if only is None else only[ref]
            points = (person.points[number] for number in numbers)
            wanted |= {(point.channel, point.language) for point in points}
    return wanted


def _template_of(scenario: Scenario, kind: CascadeKind, content: Content) -> str:
    named = {
        CascadeKind.UPDATE: scenario.update_template,
        CascadeKind.FALSE_ALARM: scenario.false_alarm_template,
        CascadeKind.ALL_CLEAR: scenario.all_clear_template,
    }[kind]
    if named is None or named not in content.templates:
        raise ContentError(
            f"Scenario '{scenario.id}' has no text for '{COMMANDS[kind]}'; name one in "
            f"scenarios/{scenario.id}.yaml, or send what is to be said with 'generisk'."
        )
    return named


def _nearest(
    frozen: Mapping[tuple[Channel, str], Body],
    channel: Channel,
    language: str,
    *,
    locale: str,
    title: str,
) -> Body | None:
    """Return the text for a channel and language, or the nearest there is: people must be told."""
    for wanted in (language, locale, *(other for _, other in frozen)):
        if (channel, wanted) in frozen:
            return frozen[channel, wanted]
    if channel is Channel.EMAIL:
        for wanted in (language, locale, *(other for _, other in frozen)):
            short = frozen.get((Channel.SMS, wanted))
            if short is not None:
                return Body(channel=channel, language=wanted, text=short.text, subject=title)
    return None
