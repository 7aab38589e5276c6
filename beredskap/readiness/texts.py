"""A rendered text as the rules read it: its words, its kind, its places, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from beredskap.domain.channel import Channel
from beredskap.domain.message import MessageTemplate
from beredskap.domain.scenario import FactType, Scenario
from beredskap.domain.sms import DRILL_OPENING, DRILL_WORD
from beredskap.domain.stakeholder import Directory
from beredskap.library import ExtremeText


class TextKind(StrEnum):
    """What a text is for in its scenario."""

    WAVE = "wave"
    """The first a wave's people hear."""
    UPDATE = "update"
    """News while it goes on."""
    FALSE_ALARM = "false_alarm"
    """Nothing had happened."""
    ALL_CLEAR = "all_clear"
    """It is over."""


@dataclass(frozen=True, kw_only=True)
class Text:
    """One text in one channel and language, with one set of facts, without drill marks."""

    scenario: Scenario
    template: MessageTemplate
    kind: TextKind
    channel: Channel
    language: str
    subject: str
    words: str
    """The rendered text without its subject."""
    source: str
    facts: dict[str, str]
    is_longest: bool
    directory: Directory

    @property
    def is_external(self) -> bool:
        """Say whether people outside the organisation read it."""
        return self.template.audience_kind == "external"

    @property
    def is_swedish(self) -> bool:
        """Say whether it is in Swedish, easy Swedish included."""
        return self.language.split("-")[0] == "sv"

    @property
    def file(self) -> str:
        """Return the path of the source."""
        return f"message_templates/{self.template.id}/{self.channel.value}.{self.language}.j2"

    @cached_property
    def whole(self) -> str:
        """Return subject and words together."""
        return f"{self.subject}\n{self.words}" if self.subject else self.words

    @cached_property
    def folded(self) -> str:
        """Return everything in small letters, for looking words up."""
        return self.whole.casefold()

    @cached_property
    def told(self) -> str:
        """Return the text without the organisation's own name, which tells of no event or place."""
        known = self.directory.organisation
        told = self.whole
        for name in (known.name, known.short_name, known.web, known.mail_reply_to):
            told = told.replace(name, "") if name else told
        return told

    @cached_property
    def fact_places(self) -> tuple[str, ...]:
        """Return the places, units included, that the facts name."""
        kinds = {fact.id: fact.type for fact in self.scenario.facts}
        return tuple(
            self._place(value)
            for name, value in self.facts.items()
            if value and kinds.get(name) in (FactType.PLACE, FactType.UNIT)
        )

    def line_of(self, fragment: str) -> int:
        """Return the line of the source that holds some words, from 1; 0 where none does."""
        wanted = fragment.casefold()
        for number, line in enumerate(self.source.splitlines(), start=1):
            if wanted in line.casefold():
                return number
        return 0

    def _place(self, value: str) -> str:
        unit = self.directory.units.get(value)
        return unit.name if unit is not None else value


def read_texts(extremes: Sequence[ExtremeText], directory: Directory) -> tuple[Text, ...]:
    """Return every rendered text once; the barest is left out where it says the same."""
    found: dict[tuple[str, str, str], Text] = {}
    for extreme in extremes:
        for text in _texts_of(extreme, directory):
            found.setdefault((text.scenario.id, text.file, text.whole), text)
    return tuple(found.values())


def _texts_of(extreme: ExtremeText, directory: Directory) -> Iterator[Text]:
    for (channel, language), body in extreme.bodies.items():
        yield Text(
            scenario=extreme.scenario,
            template=extreme.template,
            kind=_kind(extreme.scenario, extreme.template.id),
            channel=channel,
            language=language,
            subject=_unmarked(body.subject),
            words=_unmarked(body.text),
            source=extreme.template.sources[channel, language],
            facts=extreme.facts,
            is_longest=extreme.is_longest,
            directory=directory,
        )


def _kind(scenario: Scenario, template: str) -> TextKind:
    if any(wave.template == template for wave in scenario.playbook.waves):
        return TextKind.WAVE
    if template == scenario.false_alarm_template:
        return TextKind.FALSE_ALARM
    return TextKind.ALL_CLEAR if template == scenario.all_clear_template else TextKind.UPDATE


def _unmarked(text: str) -> str:
    return text.removeprefix(f"{DRILL_OPENING} ").removesuffix(f" {DRILL_WORD}")
