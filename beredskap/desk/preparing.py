"""What an officer looks at before confirming: who, what, when, how much, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from beredskap.desk.adopting import (
    AdoptionState,
    adoption_state,
    known_scenario,
    missing_corrections,
)
from beredskap.desk.ports import Means, Pace
from beredskap.domain.cascade import CascadeKind
from beredskap.domain.channel import Channel
from beredskap.domain.delivery import Reason
from beredskap.domain.incident import IncidentMode
from beredskap.domain.message import AnswerMeaning, Body, MessageTemplate
from beredskap.domain.plan import Merged, Plan, PlannedWave, plan_waves
from beredskap.domain.problem import Problem, Severity
from beredskap.domain.readability import lix
from beredskap.domain.scenario import AcknowledgementRule, Opening, RuleKind, Scenario
from beredskap.domain.sms import SmsEncoding, measure
from beredskap.domain.stakeholder import Directory, Organisation
from beredskap.errors import ContentError, NotFoundError
from beredskap.library import Content, check_facts, freeze_bodies

Bodies = Mapping[tuple[Channel, str], Body]


@dataclass(frozen=True, kw_only=True, slots=True)
class MeasuredMessage:
    """One frozen text with what it costs and how hard it is to read."""

    waves: tuple[str, ...]
    """The waves that use it."""
    body: Body
    encoding: SmsEncoding | None
    """None for what is not an SMS."""
    segments: int | None
    forcing: tuple[str, ...]
    """The characters that force the costlier encoding."""
    lix: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOut:
    """A person whom a wave does not tell, and why."""

    wave: str
    person: str
    """The id, or `skyddad person N`."""
    name: str
    reason: Reason
    is_unreachable: bool
    """True when no wave tells the person."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """What the first message to everybody takes."""

    segments: int
    cost: float | None
    """None while no price is known."""
    seconds_by_wave: Mapping[str, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Preparation:
    """What an officer confirms; launching it sends exactly this."""

    scenario: Scenario
    organisation: Organisation
    mode: IncidentMode
    kind: CascadeKind = CascadeKind.ALERT
    facts: Mapping[str, str]
    plan: Plan
    plan_digest: str
    bodies: Mapping[str, Bodies]
    """Wave id → its frozen texts."""
    answers: Mapping[str, tuple[AnswerMeaning, ...]]
    """Wave id → what answers to its texts mean."""
    messages: tuple[MeasuredMessage, ...]
    left_out: tuple[LeftOut, ...]
    problems: tuple[Problem, ...]
    """Problems in the content that do not stop this alert."""
    estimate: Estimate
    content_digests: Mapping[str, str]
    """Path → SHA-256 of every file that was read."""
    adoption: AdoptionState
    missing_corrections: tuple[str, ...] = ()
    exclusions: Mapping[str, str] = field(default_factory=dict)
    """Person id → why an officer left the person out."""

    @property
    def persons(self) -> int:
        """Return the number that is confirmed."""
        return self.plan.persons

    @property
    def duplicates(self) -> tuple[Merged, ...]:
        """Return the records that mean somebody who is in the plan already."""
        return self.plan.duplicates

    @property
    def unreachable(self) -> tuple[LeftOut, ...]:
        """Return the people whom no wave tells, each once."""
        found = {row.person: row for row in reversed(self.left_out) if row.is_unreachable}
        return tuple(reversed(found.values()))

    def to_json(self) -> dict[str, object]:
        """Return the preview under the keys that `beredskap preview` promises."""
        return {
            "scenario": self.scenario.id,
            "mode": self.mode.value,
            "persons": self.persons,
            "waves": [_wave_json(wave) for wave in self.plan.waves],
            "messages": [message_json(message) for message in self.messages],
            "unreachable": [
                {"person": row.person, "reason": row.reason.value} for row in self.unreachable
            ],
            "duplicates": len(self.duplicates),
            "estimate": {
                "segments": self.estimate.segments,
                "cost": self.estimate.cost,
                "seconds_by_wave": dict(self.estimate.seconds_by_wave),
            },
        }


def prepare(
    means: Means,
    content: Content,
    scenario_id: str,
    facts: Mapping[str, str],
    *,
    mode: IncidentMode,
    exclusions: Mapping[str, str],
    additions: tuple[str, ...],
) -> Preparation:
    """Return everything about a launch of a scenario; nothing is written or sent.

    Raises:
        NotFoundError: there is no such scenario, or a person named is not in the lists.
        UsageError: a fact is missing, unknown or wrong.
        ContentError: files make the texts or the audience impossible.
    """
    scenario = known_scenario(content, scenario_id)
    _check_people(content.directory, (*exclusions, *additions))
    complete = check_facts(scenario, content.directory, facts)
    plan = plan_waves(
        scenario,
        content.directory,
        content.templates,
        complete,
        means.clock.now(),
        mode=mode,
        exclusions=exclusions,
        additions=additions,
    )
    with means.ledger.read() as tx:
        adoption = adoption_state(tx, content, scenario_id)
    texts = _Texts(content, scenario, complete, mode)
    bodies = {wave.wave.id: texts.of_wave(wave, plan) for wave in plan.waves}
    return Preparation(
        scenario=scenario,
        organisation=content.directory.organisation,
        mode=mode,
        facts=complete,
        plan=plan,
        plan_digest=plan.digest(_digests_of(bodies), means.actor_key),
        bodies=bodies,
        answers={w.wave.id: content.templates[w.wave.template].answers for w in plan.waves},
        messages=tuple(measured(bodies)),
        left_out=tuple(_left_out(plan)),
        problems=(*content.problems, *texts.problems),
        estimate=_estimate(plan, bodies, means.pace),
        content_digests=content.digests,
        adoption=adoption,
        missing_corrections=missing_corrections(scenario, content),
        exclusions=dict(exclusions),
    )


class _Texts:
    """Freezes the texts of waves; one that nobody needs does not stop the others."""

    def __init__(
        self, content: Content, scenario: Scenario, facts: Mapping[str, str], mode: IncidentMode
    ) -> None:
        self._content, self._scenario, self._facts, self._mode = content, scenario, facts, mode
        self.problems: list[Problem] = []

    def of_wave(self, wave: PlannedWave, plan: Plan) -> Bodies:
        """Return every text of a wave, or those its people need where another one is broken.

        Raises:
            ContentError: a text that somebody needs cannot be rendered.
        """
        template = self._content.templates[wave.wave.template]
        try:
            return self._freeze(template)
        except ContentError as error:
            needed = {
                (point.channel, point.language)
                for delivery in (*wave.deliveries, *plan.standby.values())
                for point in delivery.points
            }
            kept = {key: source for key, source in template.sources.items() if key in needed}
            bodies = self._freeze(replace(template, sources=kept))
            self.problems.append(
                Problem(
                    file=f"message_templates/{template.id}",
                    line=0,
                    rule="template.unusable_text",
                    severity=Severity.WARNING,
                    text=f"A text that nobody of this alert reads is broken: {error}",
                )
            )
            return bodies

    def _freeze(self, template: MessageTemplate) -> Bodies:
        return freeze_bodies(
            template, self._scenario, self._content.directory, self._facts, self._mode
        )


def _check_people(directory: Directory, people: tuple[str, ...]) -> None:
    unknown = [person for person in people if person not in directory.people]
    if unknown:
        raise NotFoundError(
            f"The contact lists have no person '{unknown[0]}'; 'beredskap contact list' shows "
            "the ids."
        )


def _digests_of(bodies: Mapping[str, Bodies]) -> dict[str, str]:
    return {
        f"{wave}/{channel.value}/{language}": body.digest
        for wave, texts in bodies.items()
        for (channel, language), body in texts.items()
    }


def measured(bodies: Mapping[str, Bodies]) -> Iterator[MeasuredMessage]:
    """Yield each different text once, with the waves that use it."""
    waves: dict[str, list[str]] = {}
    texts: dict[str, Body] = {}
    for wave, of_wave in bodies.items():
        for body in of_wave.values():
            texts.setdefault(body.digest, body)
            waves.setdefault(body.digest, []).append(wave)
    for digest, body in texts.items():
        sms = measure(body.text) if body.channel is Channel.SMS else None
        yield MeasuredMessage(
            waves=tuple(waves[digest]),
            body=body,
            encoding=sms.encoding if sms is not None else None,
            segments=sms.segments if sms is not None else None,
            forcing=sms.forcing if sms is not None else (),
            lix=_rounded(lix(body.text).lix),
        )


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 1)


def _left_out(plan: Plan) -> Iterator[LeftOut]:
    told = {d.person for wave in plan.waves for d in wave.deliveries if d.reason is None}
    for wave in plan.waves:
        for delivery in wave.deliveries:
            if delivery.reason is not None:
                person = plan.people[delivery.person]
                yield LeftOut(
                    wave=wave.wave.id,
                    person=person.id or person.name,
                    name=person.name,
                    reason=delivery.reason,
                    is_unreachable=delivery.person not in told,
                )


def _estimate(plan: Plan, bodies: Mapping[str, Bodies], pace: Pace) -> Estimate:
    segments, seconds = 0, {}
    for wave in plan.waves:
        parts = {
            key: measure(body.text).segments if body.channel is Channel.SMS else 0
            for key, body in bodies[wave.wave.id].items()
        }
        first = [delivery.points[0] for delivery in wave.deliveries if delivery.points]
        of_wave = sum(parts[point.channel, point.language] for point in first)
        mails = sum(point.channel is Channel.EMAIL for point in first)
        segments += of_wave
        slowest = max(of_wave / pace.segments_per_second, mails / pace.mails_per_second)
        seconds[wave.wave.id] = round(slowest, 1)
    return Estimate(segments=segments, cost=None, seconds_by_wave=seconds)


def _wave_json(planned: PlannedWave) -> dict[str, object]:
    wave = planned.wave
    return {
        "id": wave.id,
        "persons": len(planned.deliveries),
        "opens": opens_code(wave.opening),
        "rule": rule_code(wave.terms.rule),
    }


def opens_code(opening: Opening) -> str:
    """Return when a wave opens in one word, such as `release+300` or `satisfied:ledning+0`."""
    after = f":{opening.wave}" if opening.wave else ""
    return f"{opening.when.value}{after}+{opening.after_seconds}"


def rule_code(rule: AcknowledgementRule) -> str:
    """Return which answers satisfy a wave in one word, such as `everyone` or `quorum:3`."""
    if rule.kind is RuleKind.QUORUM:
        return f"{rule.kind.value}:{rule.quorum}"
    if rule.kind is RuleKind.ROLES:
        return f"{rule.kind.value}:{','.join(rule.roles)}"
    return rule.kind.value


def message_json(message: MeasuredMessage) -> dict[str, object]:
    """Return a text with its size under the keys that `beredskap preview` promises."""
    return {
        "channel": message.body.channel.value,
        "language": message.body.language,
        "text": message.body.text,
        "encoding": message.encoding.value if message.encoding is not None else None,
        "segments": message.segments,
        "lix": message.lix,
    }
