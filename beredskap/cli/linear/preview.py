"""The preview in lines: numbers and problems first, then what happens, and every text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from beredskap.cli.linear.words import Words
from beredskap.domain.channel import Channel
from beredskap.domain.incident import IncidentMode
from beredskap.domain.problem import Severity
from beredskap.domain.wording import word

if TYPE_CHECKING:
    from beredskap.desk import MeasuredMessage, Preparation

_MOST_NAMES = 5


def summary_lines(preparation: Preparation, words: Words) -> Iterator[str]:
    """Yield what must be known before confirming: how many, how, who is missed, what is wrong."""
    waves = preparation.plan.waves
    yield words("to_persons", persons=preparation.persons, waves=len(waves))
    yield words("by_channel", counts=_channels(preparation, words))
    unreachable = preparation.unreachable
    if unreachable:
        yield words("not_reachable", count=len(unreachable))
        yield from (
            f"  {row.name}: {word(row.reason, words.lang)}" for row in unreachable[:_MOST_NAMES]
        )
        if len(unreachable) > _MOST_NAMES:
            yield words("and_more", count=len(unreachable) - _MOST_NAMES)
    yield from _problems(preparation, words)
    yield words("first_text")
    for message in sorted(preparation.messages, key=partial(_not_first, preparation))[:1]:
        yield from text_lines(message, words)


def preview_lines(preparation: Preparation, words: Words) -> Iterator[str]:
    """Yield everything about a launch."""
    yield words("what_next")
    for planned in preparation.plan.waves:
        yield words(
            "wave_line",
            after=planned.wave.opening.after_seconds // 60,
            title=planned.wave.title,
            persons=len(planned.deliveries),
        )
    if preparation.duplicates:
        yield words("twice", count=len(preparation.duplicates))
    yield words("parts", segments=preparation.estimate.segments)
    if preparation.unreachable:
        yield words("not_reachable", count=len(preparation.unreachable))
        for row in preparation.unreachable:
            yield f"  {row.name}: {word(row.reason, words.lang)}"
    yield words("texts", count=len(preparation.messages))
    for message in preparation.messages:
        yield from text_lines(message, words)


def text_lines(message: MeasuredMessage, words: Words) -> Iterator[str]:
    """Yield one text with its channel, language and size before it."""
    body = message.body
    told = f"{word(body.channel, words.lang)}, {body.language}"
    if message.segments is not None:
        told = f"{told}, {words('parts', segments=message.segments)}"
    yield f"{told}:"
    yield from (f"  {line}" for line in [body.subject, *body.text.splitlines()] if line)


def _not_first(preparation: Preparation, message: MeasuredMessage) -> tuple[bool, bool]:
    """Order texts: an SMS in the organisation's own language is read first."""
    body = message.body
    is_ours = body.language == preparation.organisation.locale
    return (body.channel is not Channel.SMS, not is_ours)


def _channels(preparation: Preparation, words: Words) -> str:
    """Return how many persons are tried on which channel first, and how many on none."""
    first = {
        delivery.person: delivery.points[0].channel
        for planned in reversed(preparation.plan.waves)
        for delivery in planned.deliveries
        if delivery.points
    }
    counted = Counter(first.values())
    told = [f"{word(channel, words.lang)} {count}" for channel, count in counted.most_common()]
    return ", ".join([*told, f"{words('no_way')} {preparation.persons - len(first)}"])


def _problems(preparation: Preparation, words: Words) -> Iterator[str]:
    missing = preparation.missing_corrections
    if missing:
        yield words("corrections_missing", what=", ".join(missing))
    else:
        yield words("corrections_ready")
    if preparation.mode is IncidentMode.LIVE and preparation.scenario.needs_adoption:
        if preparation.adoption.adoption is None:
            yield words("not_adopted_yet")
        elif preparation.adoption.changed:
            yield words("changed_since", count=len(preparation.adoption.changed))
    if preparation.mode is IncidentMode.LIVE and preparation.scenario.approvers > 1:
        yield words("needs_two")
    errors = [one for one in preparation.problems if one.severity is Severity.ERROR]
    if errors:
        yield words("content_faults", errors=len(errors))
