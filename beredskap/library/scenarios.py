"""Reads `scenarios/ID.yaml` into `Scenario`s."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from beredskap.domain.scenario import (
    AcknowledgementRule,
    Fact,
    FactType,
    FollowUp,
    Notification,
    Opening,
    OpensWhen,
    Playbook,
    PlaybookStep,
    PlaybookWave,
    Priority,
    Question,
    RuleKind,
    Rung,
    RungAction,
    Scenario,
    ScenarioInject,
    StepKind,
    UncertainPolicy,
    WaveTerms,
)
from beredskap.domain.stakeholder import Audience
from beredskap.library.forms import AudienceForm, parse
from beredskap.library.sources import Reading
from beredskap.library.yaml_files import read_yaml

FOLDER = "scenarios"


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _FactForm(_Form):
    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: str
    type: FactType = FactType.TEXT
    required: bool = True
    longest: int = Field(default=24, ge=1, le=500)
    choices: tuple[str, ...] = ()
    default: str | None = None


class _RuleForm(_Form):
    rule: RuleKind = RuleKind.NONE
    quorum: int = Field(default=0, ge=0)
    roles: tuple[str, ...] = ()


class _OpeningForm(_Form):
    when: OpensWhen = OpensWhen.RELEASE
    wave: str | None = None
    after_minutes: float = Field(default=0, ge=0)


class _RungForm(_Form):
    do: RungAction
    after_minutes: float = Field(gt=0)
    person: str | None = None


class _WaveForm(_Form):
    id: str
    title: str
    template: str
    audience: AudienceForm
    opens: _OpeningForm = _OpeningForm()
    priority: Priority = Priority.URGENT
    acknowledgement: _RuleForm = _RuleForm()
    minutes_allowed: float = Field(default=60, gt=0)
    minutes_useful: float | None = Field(default=None, gt=0)
    uncertain: UncertainPolicy = UncertainPolicy.ASK
    ladder: tuple[_RungForm, ...] = ()


class _StepForm(_Form):
    minute: int = Field(ge=0)
    role: str
    kind: StepKind = StepKind.TASK
    text: str
    channel: str = ""
    evidence: str = ""
    critical: bool = False


class _QuestionForm(_Form):
    question: str
    answer: str
    audience: str = "all"


class _NotificationForm(_Form):
    recipient: str
    deadline: str
    condition: str = ""
    hours: int | None = None


class _InjectForm(_Form):
    minute: int = Field(ge=0)
    text: str
    channel: str = ""


class _FollowUpForm(_Form):
    when: str
    text: str
    days: int | None = None


class _ScenarioForm(_Form):
    title: str
    purpose: str
    category: Literal[
        "Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport",
        "Infra", "CBRNE", "Other",
    ]  # fmt: skip
    level: Literal["grön", "gul", "orange", "röd"]
    owner_role: str
    reviewed: date
    review_interval_days: int = Field(gt=0)
    trigger: tuple[str, ...] = ()
    unavailable: tuple[str, ...] = ()
    quiet: bool = False
    hold_seconds: int = Field(default=8, ge=0, le=300)
    approvers: int = Field(default=1, ge=1, le=2)
    facts: tuple[_FactForm, ...] = ()
    waves: tuple[_WaveForm, ...] = Field(min_length=1)
    update: str | None = None
    false_alarm: str | None = None
    all_clear: str | None = None
    steps: tuple[_StepForm, ...] = ()
    key_messages: tuple[str, ...] = ()
    questions: tuple[_QuestionForm, ...] = ()
    injects: tuple[_InjectForm, ...] = ()
    notifications: tuple[_NotificationForm, ...] = ()
    follow_up: tuple[_FollowUpForm, ...] = ()
    must_not_say: tuple[str, ...] = ()
    policy_rows: tuple[str, ...] = ()


def read_scenarios(reading: Reading) -> dict[str, Scenario]:
    """Return every scenario that can be read, by id, in the order of their files."""
    folder = reading.root / FOLDER
    scenarios = {}
    for path in sorted(folder.glob("*.yaml")) if folder.is_dir() else ():
        file = read_yaml(reading, path)
        form = parse(reading, file, _ScenarioForm) if file is not None else None
        if form is not None:
            scenarios[path.stem] = _scenario(path.stem, form)
    return scenarios


def _scenario(scenario_id: str, form: _ScenarioForm) -> Scenario:
    return Scenario(
        id=scenario_id,
        title=form.title,
        purpose=form.purpose,
        category=form.category,
        level=form.level,
        owner_role=form.owner_role,
        reviewed_on=form.reviewed,
        review_interval_days=form.review_interval_days,
        trigger=form.trigger,
        unavailable=form.unavailable,
        is_quiet=form.quiet,
        facts=tuple(_fact(fact) for fact in form.facts),
        playbook=Playbook(
            waves=tuple(_wave(wave) for wave in form.waves),
            steps=tuple(_step(step) for step in form.steps),
        ),
        hold_seconds=form.hold_seconds,
        approvers=form.approvers,
        update_template=form.update,
        false_alarm_template=form.false_alarm,
        all_clear_template=form.all_clear,
        key_messages=form.key_messages,
        questions=tuple(Question(**question.model_dump()) for question in form.questions),
        injects=tuple(ScenarioInject(**inject.model_dump()) for inject in form.injects),
        notifications=tuple(Notification(**duty.model_dump()) for duty in form.notifications),
        follow_up=tuple(FollowUp(**follow.model_dump()) for follow in form.follow_up),
        must_not_say=form.must_not_say,
        policy_rows=form.policy_rows,
    )


def _fact(form: _FactForm) -> Fact:
    return Fact(
        id=form.id,
        label=form.label,
        type=form.type,
        is_required=form.required,
        longest=form.longest,
        choices=form.choices,
        default=form.default,
    )


def _step(form: _StepForm) -> PlaybookStep:
    return PlaybookStep(
        minute=form.minute,
        role=form.role,
        kind=form.kind,
        text=form.text,
        channel=form.channel,
        evidence=form.evidence,
        is_critical=form.critical,
    )


def _wave(form: _WaveForm) -> PlaybookWave:
    rule = form.acknowledgement
    allowed = round(form.minutes_allowed * 60)
    useful = round(form.minutes_useful * 60) if form.minutes_useful is not None else allowed
    return PlaybookWave(
        id=form.id,
        title=form.title,
        template=form.template,
        audience=Audience(**form.audience.model_dump()),
        opening=Opening(
            when=form.opens.when,
            wave=form.opens.wave,
            after_seconds=round(form.opens.after_minutes * 60),
        ),
        terms=WaveTerms(
            rule=AcknowledgementRule(kind=rule.rule, quorum=rule.quorum, roles=rule.roles),
            ladder=tuple(
                Rung(
                    action=rung.do,
                    after_seconds=round(rung.after_minutes * 60),
                    person=rung.person,
                )
                for rung in form.ladder
            ),
            priority=form.priority,
            uncertain=form.uncertain,
            allowed_seconds=allowed,
            useful_seconds=useful,
        ),
    )
