"""What people write back: reading an answer, and finding the question it answers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from beredskap.domain.channel import Channel
from beredskap.domain.envelope import InboundMessage
from beredskap.domain.incident import IncidentMode
from beredskap.domain.message import AnswerMeaning

_FIRST_WORD = re.compile(r"[^\W_]+")
_YES = {"ja", "yes", "ok", "j", "y"}
_NO = {"nej", "no", "n"}
STOP_WORDS = frozenset(
    {"stop", "stopall", "unsubscribe", "end", "quit", "cancel", "revoke", "optout"}
)
"""Words that make Twilio block later messages (channels 1.4); never used as answers."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """An answer that could be read."""

    key: str
    meaning: str
    is_yes: bool = True
    is_help: bool = False
    minutes: int | None = None
    """"1 20" means coming in 20 minutes."""
    letter: str | None = None
    """The incident's letter, when the answer carries it ("B1")."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenQuestion:
    """A message that asked one person for an answer."""

    attempt_id: int
    delivery_id: int
    incident_id: str
    letter: str
    mode: IncidentMode
    person: str
    asked_at: datetime
    client_ref: str
    answers: tuple[AnswerMeaning, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Matched:
    """The questions an inbound message answers; empty where an officer must look."""

    questions: tuple[OpenQuestion, ...] = ()
    answer: Answer | None = None
    is_shared_address: bool = False
    """True when several persons were asked at one address."""
    candidates: tuple[OpenQuestion, ...] = ()
    """The questions it might answer, for the officer who must decide."""


def read_answer(text: str, meanings: Sequence[AnswerMeaning]) -> Answer | None:
    """Return what an answer says, or None when it cannot be read for sure.

    The first word decides: a key of the template, or ja/nej where exactly one key means that.
    """
    words = _FIRST_WORD.findall(text.casefold())
    if not words:
        return None
    keys = {meaning.key.casefold(): meaning for meaning in meanings}
    word, letter = words[0], None
    if word not in keys and len(word) > 1 and word[0].isalpha() and word[1:] in keys:
        word, letter = word[1:], word[0].upper()
    elif word not in keys and len(word) == 1 and word.isalpha() and words[1:2] and words[1] in keys:
        word, letter, words = words[1], word.upper(), words[1:]
    meaning = keys.get(word) or _by_plain_word(word, meanings)
    if meaning is None:
        return None
    return Answer(
        key=meaning.key,
        meaning=meaning.meaning,
        is_yes=meaning.is_yes,
        is_help=meaning.is_help,
        minutes=_minutes(words),
        letter=letter,
    )


def _minutes(words: Sequence[str]) -> int | None:
    said = words[1] if len(words) > 1 else ""
    return int(said) if said.isascii() and said.isdigit() and len(said) <= 3 else None


def _by_plain_word(word: str, meanings: Sequence[AnswerMeaning]) -> AnswerMeaning | None:
    if word in _YES:
        fitting = [meaning for meaning in meanings if meaning.is_yes and not meaning.is_help]
    elif word in _NO:
        fitting = [meaning for meaning in meanings if not meaning.is_yes and not meaning.is_help]
    else:
        return None
    return fitting[0] if len(fitting) == 1 else None


def match(inbound: InboundMessage, questions: Sequence[OpenQuestion]) -> Matched:
    """Return which open questions a message answers.

    `questions` are those asked at the sender's address. A machine's reply answers nothing. An
    answer acts on the question it answered and never crosses incidents: with questions from
    several incidents open, only a named reference or letter decides, but help is raised in all.
    """
    if inbound.is_automatic or not questions:
        return Matched(candidates=tuple(questions))
    named = [q for q in questions if inbound.in_reply_to and q.client_ref == inbound.in_reply_to]
    if inbound.channel is Channel.EMAIL and not named:
        return Matched(candidates=tuple(questions))  # anybody can write any sender's address
    asked_before = [q for q in questions if q.asked_at <= inbound.at] or list(questions)
    chosen = _newest_per_person(named or asked_before)
    incidents = {question.incident_id for question in chosen}
    if len(incidents) > 1:
        chosen = _by_letter(inbound.text, chosen) or _calls_for_help(inbound.text, chosen)
        if not chosen:
            return Matched(candidates=tuple(questions))
    readings = list({read_answer(inbound.text, question.answers): None for question in chosen})
    is_one = len(readings) == 1 or all(read is not None and read.is_help for read in readings)
    answer = readings[0] if is_one else None
    if answer is not None and answer.is_help:
        answer = _without_wrong_letter(answer, chosen)
    if answer is None or _names_another(answer, chosen):
        return Matched(candidates=tuple(chosen))
    return Matched(
        questions=tuple(chosen),
        answer=answer,
        is_shared_address=len({question.person for question in chosen}) > 1,
    )


def _calls_for_help(text: str, questions: Sequence[OpenQuestion]) -> list[OpenQuestion]:
    """Return the questions to which a text is a call for help: that is raised in all of them.

    Any other bare answer to several incidents is an officer's to sort out; help cannot wait for it.
    """
    return [
        question
        for question in questions
        if (read := read_answer(text, question.answers)) is not None and read.is_help
    ]


def _without_wrong_letter(answer: Answer, questions: Sequence[OpenQuestion]) -> Answer:
    """Return a call for help without a letter that is not these questions': it is heard anyhow."""
    return replace(answer, letter=None) if _names_another(answer, questions) else answer


def _names_another(answer: Answer, questions: Sequence[OpenQuestion]) -> bool:
    """Say whether the answer's letter is that of an incident these questions are not of."""
    return answer.letter is not None and any(q.letter != answer.letter for q in questions)


def _newest_per_person(questions: Sequence[OpenQuestion]) -> list[OpenQuestion]:
    newest: dict[tuple[str, str], OpenQuestion] = {}
    for question in sorted(questions, key=lambda q: (q.asked_at, q.attempt_id)):
        newest[(question.incident_id, question.person)] = question
    return list(newest.values())


def _by_letter(text: str, questions: Sequence[OpenQuestion]) -> list[OpenQuestion]:
    for question in questions:
        answer = read_answer(text, question.answers)
        if answer is not None and answer.letter is not None:
            return [q for q in questions if q.letter == answer.letter]
    return []
