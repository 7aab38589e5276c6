"""Facts, one question at a time; what is answered is kept at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from beredskap.cli.linear.talk import BACK, Item, Talk
from beredskap.domain.scenario import Fact, FactType

BEFORE, EMPTY, KEEP = "<", "-", "99"
"""What goes to the question before (a fact may be the number 0), empties and keeps an answer."""


def ask_facts(
    talk: Talk,
    facts: Sequence[Fact],
    kept: Mapping[str, str],
    units: Mapping[str, str],
    keep: Callable[[Mapping[str, str]], None],
) -> dict[str, str] | None:
    """Return the answers by fact, or None when somebody went back before the first question.

    `kept` are answers that Enter lets stand, `units` names by id; `keep` is told every answer.
    """
    given = {fact.id: kept.get(fact.id) or fact.default or "" for fact in facts}
    place = 0
    while place < len(facts):
        fact = facts[place]
        asked = talk.words("fact", place=place + 1, count=len(facts), label=fact.label)
        value = _answer_of(talk, asked, fact, given[fact.id], units)
        if value is None:
            if place == 0:
                return None
            place -= 1
            continue
        given[fact.id] = value
        keep({name: one for name, one in given.items() if one})
        place += 1
    return {name: one for name, one in given.items() if one}


def _answer_of(
    talk: Talk, asked: str, fact: Fact, kept: str, units: Mapping[str, str]
) -> str | None:
    """Return the answer to one fact, or None to go back; a needed one is asked for until given."""
    choices = units if fact.type is FactType.UNIT else {one: one for one in fact.choices}
    if choices:
        return _picked(talk, asked, fact, kept, choices)
    while True:
        talk.question(asked)
        _tell_how(talk, fact, kept)
        answered = talk.wait()
        if answered == BEFORE or (answered == BACK and fact.type is not FactType.NUMBER):
            return None
        if answered == EMPTY:
            answered = kept = ""
        elif not answered:
            answered = kept
        if answered or not fact.is_required:
            return answered
        talk.speak("fill_in", label=fact.label)


def _tell_how(talk: Talk, fact: Fact, kept: str) -> None:
    if fact.type is FactType.TIME:
        talk.speak("as_time")
    else:
        talk.speak("as_text", longest=fact.longest)
    if kept:
        talk.speak("kept_answer", value=kept)
    elif not fact.is_required:
        talk.speak("may_be_empty")
    talk.speak("back_from_number" if fact.type is FactType.NUMBER else "back_from_text")


def _picked(
    talk: Talk, asked: str, fact: Fact, kept: str, choices: Mapping[str, str]
) -> str | None:
    """Return the choice picked; Enter only turns pages, so keeping an answer has a number too."""
    items = [Item(name, text) for name, text in choices.items()]
    fixed = {BACK: talk.words("back")}
    if kept in choices:
        fixed[KEEP] = talk.words("keep", value=choices[kept])
    elif not fact.is_required:
        fixed[KEEP] = talk.words("leave_empty")
    picked = talk.pick(asked, items, fixed)
    if picked == BACK:
        return None
    return kept if picked == KEEP else picked
