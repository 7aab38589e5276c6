"""A kind of crisis prepared for: its playbook, its facts, its texts and what must not be said."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from beredskap.domain.stakeholder import Audience


class FactType(StrEnum):
    """What kind of value a fact holds."""

    TEXT = "text"
    """A short free text."""
    TIME = "time"
    """A time of day, written HH.MM."""
    PLACE = "place"
    """The name of a place."""
    UNIT = "unit"
    """The id of one of the organisation's units."""
    NUMBER = "number"
    """A whole number."""
    CHOICE = "choice"
    """One of the listed choices."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """Something the officer states at launch and the texts repeat."""

    id: str
    label: str
    type: FactType = FactType.TEXT
    is_required: bool = True
    longest: int = 24
    """The longest value in characters; texts are measured with it."""
    choices: tuple[str, ...] = ()
    default: str | None = None


class RuleKind(StrEnum):
    """When a wave has had the answers it needs."""

    NONE = "none"
    """No answer is asked for."""
    FIRST = "first"
    """One "yes" is enough."""
    QUORUM = "quorum"
    """A stated number of "yes" is enough."""
    EVERYONE = "everyone"
    """Everybody is to answer."""
    ROLES = "roles"
    """Each named role is to be covered by one "yes"."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AcknowledgementRule:
    """Which answers satisfy a wave."""

    kind: RuleKind = RuleKind.NONE
    quorum: int = 0
    roles: tuple[str, ...] = ()

    @property
    def asks(self) -> bool:
        """Say whether an answer is asked for at all."""
        return self.kind is not RuleKind.NONE


class RungAction(StrEnum):
    """What is done when a person has not answered in time."""

    RETRY = "retry"
    """The same contact point once more."""
    NEXT_CHANNEL = "next_channel"
    """The person's next contact point on another channel."""
    DEPUTY = "deputy"
    """The person's deputy is called in."""
    LAST_RUNG = "last_rung"
    """The named person of last resort is called in."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rung:
    """One rung of an escalation ladder."""

    action: RungAction
    after_seconds: int
    """Counted from the last thing done for the person."""
    person: str | None = None
    """Who the last rung is."""


class OpensWhen(StrEnum):
    """What a wave waits for."""

    RELEASE = "release"
    """A time counted from the cascade's release."""
    SATISFIED = "satisfied"
    """Another wave has had its answers."""
    EXPIRED = "expired"
    """Another wave ran out of time."""
    FINAL = "final"
    """Another wave has ended, either way."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Opening:
    """When a wave opens."""

    when: OpensWhen = OpensWhen.RELEASE
    wave: str | None = None
    after_seconds: int = 0


class Priority(StrEnum):
    """How urgent a wave is; it decides which channels come first, not the playbook."""

    URGENT = "urgent"
    """Life, or minutes count: SMS first."""
    NORMAL = "normal"
    """The person's own order of channels."""


class UncertainPolicy(StrEnum):
    """What is done with an attempt whose outcome cannot be found out."""

    RESEND = "resend"
    """Life safety: a duplicate is better than silence; both are logged."""
    ASK = "ask"
    """An officer decides."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WaveTerms:
    """What the engine needs to know of a wave while it runs."""

    rule: AcknowledgementRule = field(default_factory=AcknowledgementRule)
    ladder: tuple[Rung, ...] = ()
    priority: Priority = Priority.URGENT
    uncertain: UncertainPolicy = UncertainPolicy.ASK
    allowed_seconds: int = 3600
    """How long the wave stays open."""
    useful_seconds: int = 3600
    """After this long a message is of no use and is not sent."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaybookWave:
    """One wave of a playbook: who hears what, when, and which answer is asked for."""

    id: str
    title: str
    audience: Audience
    template: str
    opening: Opening = field(default_factory=Opening)
    terms: WaveTerms = field(default_factory=WaveTerms)


class StepKind(StrEnum):
    """What kind of act a step of the playbook is."""

    TASK = "task"
    """Something to do."""
    DECISION = "decision"
    """Something to decide."""
    PUBLISH = "publish"
    """Something to publish."""
    MEETING = "meeting"
    """A meeting to hold."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaybookStep:
    """One action card of a playbook."""

    minute: int
    """Target, in minutes from the start of the incident."""
    role: str
    kind: StepKind
    text: str
    channel: str = ""
    """C1–C10 of the policy or K1–K9, where the step uses one."""
    evidence: str = ""
    is_critical: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """A question people will ask, with the answer that may be given."""

    question: str
    answer: str
    audience: str = "all"


@dataclass(frozen=True, kw_only=True, slots=True)
class Notification:
    """A duty to notify an authority, with its deadline."""

    recipient: str
    deadline: str
    condition: str = ""
    hours: int | None = None
    """The deadline in hours where the rule states one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ScenarioInject:
    """An event to play into an exercise of this scenario."""

    minute: int
    text: str
    channel: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowUp:
    """Something to be done after the event."""

    when: str
    text: str
    days: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Playbook:
    """The ordered waves and action cards of a scenario."""

    waves: tuple[PlaybookWave, ...]
    steps: tuple[PlaybookStep, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Scenario:
    """A kind of crisis prepared for; one file."""

    id: str
    title: str
    purpose: str
    category: str
    """CAP 1.2 category, such as Fire or Infra."""
    level: str
    """grön, gul, orange or röd."""
    owner_role: str
    reviewed_on: date
    review_interval_days: int
    trigger: tuple[str, ...] = ()
    unavailable: tuple[str, ...] = ()
    """What this event takes away, such as `power` or `intranet`."""
    is_quiet: bool = False
    """True where nothing may ring at the place."""
    facts: tuple[Fact, ...] = ()
    playbook: Playbook
    hold_seconds: int = 8
    approvers: int = 1
    update_template: str | None = None
    false_alarm_template: str | None = None
    all_clear_template: str | None = None
    key_messages: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    injects: tuple[ScenarioInject, ...] = ()
    notifications: tuple[Notification, ...] = ()
    follow_up: tuple[FollowUp, ...] = ()
    must_not_say: tuple[str, ...] = ()
    policy_rows: tuple[str, ...] = ()

    @property
    def needs_adoption(self) -> bool:
        """Say whether a live launch needs the owner's adoption; only `generisk` does not."""
        return self.id != GENERIC_SCENARIO


GENERIC_SCENARIO = "generisk"
"""The scenario for the unforeseen event; it may be launched live without adoption."""
