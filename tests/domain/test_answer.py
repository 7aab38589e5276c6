"""An answer is read or left to an officer, and never counts for another question or incident."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from beredskap.domain.answer import (
    STOP_WORDS,
    Answer,
    Matched,
    OpenQuestion,
    match,
    read_answer,
)
from beredskap.domain.channel import Channel
from beredskap.domain.envelope import InboundMessage
from beredskap.domain.incident import IncidentMode
from beredskap.domain.message import AnswerMeaning

Refute = Callable[[SearchStrategy[Any], Callable[[Any], None]], None]
Match = Callable[[InboundMessage, Sequence[OpenQuestion]], Matched]
Exchange = tuple[InboundMessage, list[OpenQuestion]]

START = datetime(2026, 11, 23, 3, 12, tzinfo=UTC)
COMING = AnswerMeaning(key="1", meaning="coming")
UNABLE = AnswerMeaning(key="2", meaning="unable", is_yes=False)
HELP = AnswerMeaning(key="3", meaning="needs_help", is_help=True)
READ = AnswerMeaning(key="1", meaning="read")
TURN_OUT = (COMING, UNABLE, HELP)
ONLY_READ = (READ,)


@pytest.mark.parametrize(
    ("text", "meaning", "minutes", "letter"),
    [
        ("1", "coming", None, None),
        ("  1.\n", "coming", None, None),
        ("1!", "coming", None, None),
        ("JA!", "coming", None, None),
        ("Ja, jag kommer", "coming", None, None),
        ("1 20", "coming", 20, None),
        ("1, 20 min", "coming", 20, None),
        ("1 tjugo", "coming", None, None),
        ("1 2000", "coming", None, None),
        ("B1", "coming", None, "B"),
        ("b1 15", "coming", 15, "B"),
        ("B 1", "coming", None, "B"),
        ("b 1 15", "coming", 15, "B"),
        ("B 3", "needs_help", None, "B"),
        ("2", "unable", None, None),
        ("nej tyvärr", "unable", None, None),
        ("3", "needs_help", None, None),
        ("2=kan inte", "unable", None, None),
    ],
)
def test_an_answer_is_read_from_its_first_word(
    text: str, meaning: str, minutes: int | None, letter: str | None
) -> None:
    answer = read_answer(text, TURN_OUT)
    assert answer is not None
    assert (answer.meaning, answer.minutes, answer.letter) == (meaning, minutes, letter)


@pytest.mark.parametrize(
    "text",
    ["", " ", "!", "4", "12", "kanske", "jag kommer", "inte 1", "👍", "1a", "11", "ja1", "STOP"],
)
def test_what_cannot_be_read_for_sure_is_left_to_an_officer(text: str) -> None:
    assert read_answer(text, TURN_OUT) is None


def test_a_yes_that_could_mean_two_things_is_not_read() -> None:
    two_ways = (COMING, AnswerMeaning(key="2", meaning="later"))
    assert read_answer("ja", two_ways) is None
    assert read_answer("1", two_ways) is not None


texts = st.sampled_from(["1", "2", "ja", "nej", "B1", "A1", "A2", "b 1", "1 20", "x", "", "STOP"])
keys = st.sampled_from(["1", "2", "3", "ja", "nej", "ok"])
meanings = st.lists(
    st.builds(
        AnswerMeaning,
        key=keys,
        meaning=st.sampled_from(["coming", "unable", "read"]),
        is_yes=st.booleans(),
        is_help=st.booleans(),
    ),
    max_size=4,
    unique_by=lambda meaning: meaning.key,
)


@given(st.text(max_size=30) | texts, meanings)
def test_no_text_is_read_as_what_the_template_does_not_offer(
    text: str, offered: list[AnswerMeaning]
) -> None:
    answer = read_answer(text, offered)
    if answer is not None:
        kept = [(m.key, m.meaning, m.is_yes, m.is_help) for m in offered]
        assert (answer.key, answer.meaning, answer.is_yes, answer.is_help) in kept
        assert answer.minutes is None or 0 <= answer.minutes <= 999


@given(st.sampled_from(sorted(STOP_WORDS)), meanings)
def test_a_stop_word_answers_nothing(word: str, offered: list[AnswerMeaning]) -> None:
    assert read_answer(word, offered) is None


def question(number: int, incident: str, person: str, **changes: Any) -> OpenQuestion:
    """Return a question asked so many minutes after the start."""
    asked = OpenQuestion(
        attempt_id=number,
        delivery_id=number,
        incident_id=incident,
        letter=incident,
        mode=IncidentMode.LIVE,
        person=person,
        asked_at=START + timedelta(minutes=number),
        client_ref=f"ref-{number}",
        answers=TURN_OUT,
    )
    return replace(asked, **changes)


def reply(text: str, *, minutes: int = 60, **changes: Any) -> InboundMessage:
    """Return a text message that came so many minutes after the start."""
    inbound = InboundMessage(
        provider="fake",
        provider_id="in-1",
        channel=Channel.SMS,
        sender="+46701740605",
        text=text,
        at=START + timedelta(minutes=minutes),
    )
    return replace(inbound, **changes)


@st.composite
def exchanges(draw: st.DrawFn) -> Exchange:
    """Draw the questions open at one address and a reply to some of them."""
    count = draw(st.integers(0, 5))
    questions = [
        question(
            number,
            draw(st.sampled_from("AAB")),
            draw(st.sampled_from(["kari", "ola"])),
            asked_at=START + timedelta(minutes=draw(st.integers(0, 90))),
            answers=draw(st.sampled_from([TURN_OUT, ONLY_READ])),
        )
        for number in range(count)
    ]
    named = draw(st.sampled_from([None, None, None, *(q.client_ref for q in questions), "ref-9"]))
    is_automatic = draw(st.sampled_from([False, False, False, True]))
    inbound = reply(draw(texts), in_reply_to=named, is_automatic=is_automatic)
    return inbound, questions


def machines_answer_nothing(rule: Match) -> Callable[[Exchange], None]:
    def promise(exchange: Exchange) -> None:
        inbound, questions = exchange
        matched = rule(inbound, questions)
        if inbound.is_automatic:
            assert matched.answer is None
            assert not matched.questions
        assert (matched.answer is None) == (not matched.questions)

    return promise


def answers_stay_in_their_incident(rule: Match) -> Callable[[Exchange], None]:
    def promise(exchange: Exchange) -> None:
        inbound, questions = exchange
        matched = rule(inbound, questions)
        is_help = matched.answer is not None and matched.answer.is_help
        assert is_help or len({q.incident_id for q in matched.questions}) <= 1
        assert set(matched.questions) <= set(questions)
        if matched.answer is not None and matched.answer.letter is not None:
            assert {q.letter for q in matched.questions} == {matched.answer.letter}
        if inbound.in_reply_to in {q.client_ref for q in questions}:
            assert {q.client_ref for q in matched.questions} <= {inbound.in_reply_to}

    return promise


def an_answer_means_what_its_question_offered(rule: Match) -> Callable[[Exchange], None]:
    def promise(exchange: Exchange) -> None:
        inbound, questions = exchange
        matched = rule(inbound, questions)
        for asked in matched.questions:
            read = read_answer(inbound.text, asked.answers)
            assert read is not None
            assert matched.answer in (read, replace(read, letter=None) if read.is_help else read)

    return promise


@given(exchanges())
def test_a_machine_s_reply_answers_nothing(exchange: Exchange) -> None:
    machines_answer_nothing(match)(exchange)


def test_reading_out_of_office_notes_would_be_found_out(refute: Refute) -> None:
    def trusting(inbound: InboundMessage, questions: Sequence[OpenQuestion]) -> Matched:
        return match(replace(inbound, is_automatic=False), questions)

    refute(exchanges(), machines_answer_nothing(trusting))


@given(exchanges())
def test_an_answer_never_crosses_incidents(exchange: Exchange) -> None:
    answers_stay_in_their_incident(match)(exchange)


def test_answering_everything_open_would_be_found_out(refute: Refute) -> None:
    def answer_all(inbound: InboundMessage, questions: Sequence[OpenQuestion]) -> Matched:
        matched = match(inbound, questions)
        return replace(matched, questions=tuple(questions)) if matched.questions else matched

    refute(exchanges(), answers_stay_in_their_incident(answer_all))


def test_not_hearing_the_letter_would_be_found_out(refute: Refute) -> None:
    def deaf(inbound: InboundMessage, questions: Sequence[OpenQuestion]) -> Matched:
        newest = sorted(questions, key=lambda q: q.asked_at)[-1:]
        answer = read_answer(inbound.text, newest[0].answers) if newest else None
        return Matched(questions=tuple(newest) if answer else (), answer=answer)

    refute(exchanges(), answers_stay_in_their_incident(deaf))


@given(exchanges())
def test_an_answer_means_the_same_in_every_question_it_answers(exchange: Exchange) -> None:
    an_answer_means_what_its_question_offered(match)(exchange)


def test_reading_by_one_question_for_all_would_be_found_out(refute: Refute) -> None:
    def by_the_first(inbound: InboundMessage, questions: Sequence[OpenQuestion]) -> Matched:
        answer = read_answer(inbound.text, questions[0].answers) if questions else None
        return Matched(questions=tuple(questions) if answer else (), answer=answer)

    refute(exchanges(), an_answer_means_what_its_question_offered(by_the_first))


@given(exchanges())
def test_one_person_s_answer_counts_once_and_for_the_newest_question(exchange: Exchange) -> None:
    inbound, questions = exchange
    matched = match(inbound, questions)
    people = [(q.incident_id, q.person) for q in matched.questions]
    assert len(people) == len(set(people))
    assert matched.is_shared_address == (len({person for _, person in people}) > 1)
    for answered in matched.questions:
        newer = [
            q
            for q in questions
            if q.person == answered.person
            and q.incident_id == answered.incident_id
            and answered.asked_at < q.asked_at <= inbound.at
        ]
        assert not newer or inbound.in_reply_to == answered.client_ref


@given(exchanges())
def test_a_reply_nobody_could_read_is_never_lost(exchange: Exchange) -> None:
    inbound, questions = exchange
    matched = match(inbound, questions)
    assert matched.answer is not None or bool(matched.candidates) == bool(questions)


def test_a_reply_answers_the_question_that_was_open_when_it_was_written() -> None:
    before, after = question(1, "A", "kari"), question(30, "A", "kari")
    assert match(reply("1", minutes=10), [before, after]).questions == (before,)


def test_two_people_at_one_number_are_both_answered_for_and_it_shows() -> None:
    kari, ola = question(1, "A", "kari"), question(2, "A", "ola")
    matched = match(reply("1"), [kari, ola])
    assert set(matched.questions) == {kari, ola}
    assert matched.is_shared_address


def test_two_incidents_open_need_a_letter() -> None:
    here, there = question(1, "A", "kari"), question(2, "B", "kari")
    assert match(reply("1"), [here, there]).answer is None
    assert match(reply("1"), [here, there]).candidates == (here, there)
    assert match(reply("a1"), [here, there]).questions == (here,)
    assert match(reply("B1"), [here, there]).questions == (there,)


def test_a_call_for_help_is_raised_in_every_incident_that_asked() -> None:
    here, there = question(1, "A", "kari"), question(2, "B", "kari")
    quiet = question(3, "C", "kari", answers=ONLY_READ)
    for text in ("3", "3 snälla kom", "D3"):
        matched = match(reply(text), [here, there, quiet])
        assert set(matched.questions) == {here, there}
        assert matched.answer is not None
        assert matched.answer.is_help
    assert match(reply("B3"), [here, there, quiet]).questions == (there,)
    assert match(reply("B3"), [here]).questions == (here,)


def test_a_letter_of_an_incident_that_asks_nothing_here_is_left_to_an_officer() -> None:
    here = question(1, "A", "kari")
    matched = match(reply("B1"), [here])
    assert matched == Matched(candidates=(here,))


def test_a_reply_to_a_mail_answers_that_mail() -> None:
    first, second = question(1, "A", "kari"), question(2, "B", "kari")
    matched = match(reply("1", in_reply_to="ref-1"), [first, second])
    assert matched.questions == (first,)
    assert matched.answer == Answer(key="1", meaning="coming")
