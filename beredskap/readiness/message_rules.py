"""What every message says: who writes, what happened, where, what to do, when, and whom to ask."""

from __future__ import annotations

import re
from collections.abc import Iterator

from beredskap.domain.channel import Channel
from beredskap.domain.problem import Severity
from beredskap.domain.scenario import FactType
from beredskap.readiness import lexicon
from beredskap.readiness.rule import Finding, text_rule
from beredskap.readiness.texts import Text, TextKind

_FIRST = 30
"""Characters within which the sender is to be named."""
_CLOCK = re.compile(r"(?<!\d)(?:[01]\d|2[0-3])[.:][0-5]\d(?!\d)")
_SAYS_NEXT = re.compile(
    r"nytt besked|nästa besked|besked på (?:stabs)?mötet|skriver (?:vi )?här|besked ges"
    r"|hör av oss|berättar mer"
    r"|next (?:message|news)|we write|tell you more|message (?:comes|at)|news at"
)
_SOON = 60
"""Characters within which the time of a promised message stands."""
_SUDDEN = frozenset({"Fire", "Rescue", "Safety", "Infra", "Transport", "CBRNE"})
"""The CAP categories of what happens at a moment; heat, illness and
rumours have none, and of a threat no minute is told."""
_STATED = (FactType.TEXT, FactType.CHOICE)
_PUBLIC = (Channel.WEB, Channel.EMAIL)


def _finding(text: Text, sentence: str, severity: Severity | None = None) -> Finding:
    return Finding(file=text.file, text=sentence, severity=severity)


def _sender(text: Text) -> Iterator[Finding]:
    """The organisation's own pages name it themselves; a mail, a sheet or a voice must say it."""
    if text.channel in (Channel.INTRANET, Channel.WEB):
        return
    known = text.directory.organisation
    names = [name for name in (known.short_name, known.name, known.sms_sender) if name]
    is_sms = text.channel is Channel.SMS
    opening = text.words[:_FIRST] if is_sms else text.whole
    if any(_begins(opening, name) for name in names):
        return
    where = f"in its first {_FIRST} characters" if is_sms else "at all"
    yield _finding(
        text,
        f"The text does not name the organisation {where}; say who writes.",
        Severity.ERROR if text.is_external else Severity.WARNING,
    )


def _begins(opening: str, name: str) -> bool:
    """Say whether a name stands in an opening, or begins in it and is cut off by its end."""
    cut = max(3, len(name) // 2)
    return any(opening.endswith(name[:length]) for length in range(cut, len(name))) or (
        name in opening
    )


def _event(text: Text) -> Iterator[Finding]:
    """What the officer states in words of their own, or chooses, may name it as well."""
    if text.kind not in (TextKind.WAVE, TextKind.FALSE_ALARM) or text.channel is Channel.CALL:
        return
    told = text.told
    stated = (text.facts.get(fact.id) for fact in text.scenario.facts if fact.type in _STATED)
    if any(value and value in told for value in stated):
        return
    if not lexicon.EVENTS.search(told.casefold()):
        yield _finding(text, "The text does not say what has happened; name the event.")


def _place(text: Text) -> Iterator[Finding]:
    """Outside, the name of a unit can tell why somebody is on its list, so it is not asked for."""
    if text.kind is not TextKind.WAVE or text.template.audience_kind != "internal":
        return
    if text.channel in (Channel.INTRANET, Channel.NOTICE) or not _has_a_place(text):
        return
    areas = text.directory.organisation.areas
    places = (*text.fact_places, *areas, *(u.name for u in text.directory.units.values()))
    if not any(place and place in text.told for place in places):
        yield _finding(text, "The text names no place; put in the unit or the place of the event.")


def _has_a_place(text: Text) -> bool:
    required = {fact.id: fact.type for fact in text.scenario.facts if fact.is_required}
    if FactType.UNIT in required.values():
        return True
    places = {fact for fact, type_ in required.items() if type_ is FactType.PLACE}
    return bool(places & set(text.template.slots)) or any(
        f"fact.{place}" in text.source for place in places
    )


def _guidance(text: Text) -> Iterator[Finding]:
    if text.kind is TextKind.WAVE and not lexicon.GUIDANCE.search(text.told.casefold()):
        yield _finding(text, "The text does not say what to do; tell the reader one thing first.")


def _times(text: Text) -> Iterator[Finding]:
    """An SMS and a mail carry the time they were sent; a page does not."""
    if text.kind is not TextKind.WAVE or text.channel in (Channel.INTRANET, Channel.CALL):
        return
    promises = _promises(text)
    if not promises:
        yield _finding(text, "The text does not say when the next message comes; give its time.")
    if text.channel is not Channel.WEB or text.scenario.category not in _SUDDEN:
        return
    times = [clock.start() for clock in _CLOCK.finditer(text.folded)]
    if not any(all(not start <= at < end for start, end in promises) for at in times):
        yield _finding(text, "The text does not say when it happened; give the time of the event.")


def _promises(text: Text) -> list[tuple[int, int]]:
    """Return where the text promises its next message, from the promise to its time."""
    folded = text.folded
    stated = [value.casefold() for value in text.facts.values() if len(value) > 1]
    found = []
    for said in _SAYS_NEXT.finditer(folded):
        soon = folded[said.end() : said.end() + _SOON]
        clock = _CLOCK.search(soon)
        if clock is not None:
            found.append((said.start(), said.end() + clock.end()))
        elif any(value[:_SOON] in folded[said.end() :] for value in stated):
            found.append((said.start(), said.end()))
    return found


def _contact(text: Text) -> Iterator[Finding]:
    """An SMS has no room for an address; the promise of more is enough, and its end needs none."""
    if not text.is_external or text.channel in (Channel.CALL, Channel.INTRANET):
        return
    web = text.directory.organisation.web
    if lexicon.CONTACT.search(text.folded) or (web and web in text.whole):
        return
    is_closing = text.kind in (TextKind.FALSE_ALARM, TextKind.ALL_CLEAR)
    if text.channel is Channel.SMS and (is_closing or _promises(text)):
        return
    yield _finding(
        text,
        "The text does not say where to turn with questions; add an answer, number or address.",
        Severity.ERROR if text.channel in _PUBLIC else Severity.WARNING,
    )


def _both_sides(text: Text) -> Iterator[Finding]:
    if text.kind is not TextKind.WAVE or text.channel not in _PUBLIC or not text.is_external:
        return
    told = text.told.casefold()
    if not (lexicon.WE_DO.search(told) and lexicon.GUIDANCE.search(told)):
        yield _finding(text, "The text must say both what we do and what the reader can do.")


RULES = (
    text_rule(
        "L01",
        "A text names the organisation at once.",
        Severity.ERROR,
        _sender,
    ),
    text_rule("L02", "A text says what has happened.", Severity.ERROR, _event),
    text_rule("L03", "A first message to our own names the place.", Severity.ERROR, _place),
    text_rule("L04", "A first message tells the reader what to do.", Severity.ERROR, _guidance),
    text_rule(
        "L05",
        "A first message has the time of the event and of the next message.",
        Severity.ERROR,
        _times,
    ),
    text_rule("L06", "A text to people outside says where to turn.", Severity.WARNING, _contact),
    text_rule(
        "L16", "A public text says what we do and what you can do.", Severity.WARNING, _both_sides
    ),
)
"""The rules on what a message holds."""
