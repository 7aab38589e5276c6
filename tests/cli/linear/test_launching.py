"""From Duty to the board in lines, and everything that must not launch on the way."""

from __future__ import annotations

import pytest

from beredskap.domain.incident import IncidentMode
from tests.cli.linear.conftest import Step, Telephone

TO_PREVIEW: tuple[Step, ...] = ("Odenplan", "")
TO_CONFIRM: tuple[Step, ...] = (*TO_PREVIEW, "1")


def drill(telephone: Telephone, *steps: Step, lang: str = "sv") -> tuple[Step, ...]:
    """Return the answers that lead to the confirmation of the drill `Brand`, and then the steps."""
    return ("91", telephone.number("Brand", lang=lang), *TO_CONFIRM, *steps)


@pytest.mark.parametrize(("lang", "word"), [("sv", "ÖVNING"), ("en", "DRILL")])
def test_a_drill_is_launched_with_typed_answers(telephone: Telephone, lang: str, word: str) -> None:
    steps = drill(telephone, word, telephone.passes(9), "0", "0", lang=lang)
    talked = telephone.talk(*steps, lang=lang)
    assert telephone.cascades() == ["held"]
    assert telephone.desk.rows("SELECT DISTINCT mode FROM incident") == [("drill",)]
    assert talked.code == 0
    questions = [line for line in talked.lines if line.startswith(f"{word}: ")]
    assert len(questions) >= 8


def test_every_question_says_its_mode_in_words(telephone: Telephone) -> None:
    telephone.desk.desk.adopt(telephone.desk.actor(), "brand")
    live = telephone.talk(telephone.number("Brand", is_live=True), *TO_CONFIRM)
    drilled = telephone.talk(*drill(telephone))
    assert "ÖVNING:" not in live.told
    assert "SKARPT LÄGE:" not in drilled.after("91 byt till ÖVNING")
    for talked, mode in ((live, "SKARPT LÄGE"), (drilled, "ÖVNING")):
        for asked in ("Jour.", "Uppgift 1", "Uppgift 2", "Ingenting är skickat", "Skriv "):
            assert f"{mode}: {asked}" in talked.told


def test_a_live_alert_takes_its_count_and_says_so(telephone: Telephone) -> None:
    telephone.desk.desk.adopt(telephone.desk.actor(), "brand")
    persons = str(telephone.desk.prepare("brand", IncidentMode.LIVE).persons)
    number = telephone.number("Brand", is_live=True)
    talked = telephone.talk(number, *TO_CONFIRM, "ÖVNING", persons, telephone.passes(9), "0", "0")
    assert f"SKARPT LARM till {persons} verkliga" in talked.told
    assert "Det var inte 9." in talked.told
    assert telephone.cascades() == ["held"]
    assert telephone.desk.rows("SELECT DISTINCT mode FROM incident") == [("live",)]


@pytest.mark.parametrize("typed", ["1", "9", "999", "", "DRILL", "ja", "ÖVNIN", "  "])
def test_a_wrong_count_sends_nothing(telephone: Telephone, typed: str) -> None:
    talked = telephone.talk(*drill(telephone, typed, typed))
    assert talked.told.count("Det var inte ÖVNING.") == 2
    assert telephone.cascades() == []
    assert "Inget pågår." in talked.told


def test_empty_enters_send_nothing_anywhere(telephone: Telephone) -> None:
    number = telephone.number("Brand")
    many: list[Step] = [""] * 25
    talked = telephone.talk(
        *many, "91", *many, number, *many, "Odenplan", "", *many, "1", *many, "0", "0"
    )
    assert "Plats måste fyllas i." in talked.told
    assert talked.told.count("Det var inte ÖVNING.") == 25
    assert telephone.cascades() == []


def test_what_was_typed_before_the_count_was_asked_for_does_not_count(
    telephone: Telephone,
) -> None:
    talked = telephone.talk(*drill(telephone))
    assert talked.answers.forgot == 1


@pytest.mark.parametrize("stop", ["0", "stopp", "STOP", "nej"])
def test_stopping_in_the_hold_sends_nothing(telephone: Telephone, stop: str) -> None:
    steps = drill(telephone, "ÖVNING", "", "7", telephone.passes(4), stop, "0", "0", "0")
    talked = telephone.talk(*steps)
    assert telephone.cascades() == ["stood_down"]
    assert talked.told.count("0 och Enter STOPPAR.") == 3
    assert "Stoppat. Ingenting har skickats." in talked.told
    assert "Ingenting är skickat. Vidare?" in talked.after("Stoppat.")


def test_the_hold_tells_its_seconds_in_lines(telephone: Telephone) -> None:
    second = telephone.passes(1)
    talked = telephone.talk(*drill(telephone, "ÖVNING", *[second] * 8, "0", "0"))
    assert "Skickas om 8 s." in talked.told
    told = [line for line in talked.lines if line.endswith("s kvar")]
    assert told == ["5 s kvar", "3 s kvar", "2 s kvar", "1 s kvar"]
    assert "Nedräkningen är slut." in talked.told


def test_the_end_of_input_in_the_hold_says_that_it_goes_on(telephone: Telephone) -> None:
    talked = telephone.talk(*drill(telephone, "ÖVNING", telephone.passes(2)))
    assert telephone.cascades() == ["held"]
    assert "går det ändå" in talked.told
    told = talked.after("Inga fler svar kommer.")
    assert told.startswith("ÖVNING A Brand går vidare: larm bekräftat, nedräkning pågår. Stoppa: ")
    assert "beredskap alert stop" in told


def test_the_first_ctrl_c_in_the_hold_says_how_to_stop_and_the_second_leaves(
    telephone: Telephone,
) -> None:
    saved = telephone.talk(*drill(telephone, "ÖVNING", KeyboardInterrupt(), "0", "0", "0", "0"))
    assert "Ctrl-C stoppar inte utskicket." in saved.told
    assert telephone.cascades() == ["stood_down"]
    left = telephone.talk(*drill(telephone, "ÖVNING", KeyboardInterrupt(), KeyboardInterrupt()))
    assert left.code == 130
    assert telephone.cascades() == ["stood_down", "held"]
    assert "går vidare" in left.after("Avbrutet med Ctrl-C.")


@pytest.mark.parametrize("steps_before", range(6))
def test_leaving_at_any_question_is_safe(telephone: Telephone, steps_before: int) -> None:
    steps = drill(telephone)[:steps_before]
    ended = telephone.talk(*steps)
    assert (ended.code, telephone.cascades()) == (0, [])
    assert ended.lines[-2:] == ["Inga fler svar kommer.", "Inget pågår."]
    interrupted = telephone.talk(*steps, KeyboardInterrupt())
    assert (interrupted.code, telephone.cascades()) == (130, [])
    assert interrupted.lines[-2:] == ["Avbrutet med Ctrl-C.", "Inget pågår."]


def test_every_answer_is_kept_as_a_draft_at_once(telephone: Telephone) -> None:
    number = telephone.number("Brand")
    telephone.talk("91", number, "Odenplan")
    assert telephone.desk.desk.draft("brand", IncidentMode.DRILL) == {"plats": "Odenplan"}
    again = telephone.talk("91", number, "", "14.05", "0", "0")
    assert "Nu: Odenplan. Enter behåller" in again.told
    emptied = telephone.talk("91", number, "-", "Vasaplan", "-")
    assert "Plats måste fyllas i." in emptied.told
    assert telephone.desk.desk.draft("brand", IncidentMode.DRILL) == {"plats": "Vasaplan"}


def test_a_wrong_fact_is_a_sentence_and_the_facts_are_asked_for_again(
    telephone: Telephone,
) -> None:
    talked = telephone.talk("91", telephone.number("Brand"), "Odenplan", "snart", "", "14.05")
    assert "Fel: " in talked.told
    assert "Ingenting är skickat. Vidare?" in talked.after("Fel: ")
    assert telephone.cascades() == []


def test_the_question_before_is_one_answer_away(telephone: Telephone) -> None:
    talked = telephone.talk("91", telephone.number("Brand"), "Odenplan", "0", "Vasaplan", "<", "0")
    assert talked.told.count("Uppgift 1 av 2") == 3
    assert "Jour." in talked.after("Uppgift 1 av 2")


def test_what_the_desk_refuses_is_a_sentence_and_nothing_is_sent(telephone: Telephone) -> None:
    persons = str(telephone.desk.prepare("brand", IncidentMode.LIVE).persons)
    number = telephone.number("Brand, ej antaget", is_live=True)
    talked = telephone.talk(number, *TO_CONFIRM, persons, "0")
    assert "EJ ANTAGET" in talked.told
    assert "has not been adopted" in talked.after("Fel: ")
    assert telephone.cascades() == []


def test_a_missing_engine_is_said_and_the_alert_on_hold_stands_on_duty(
    telephone: Telephone,
) -> None:
    telephone.desk.starter.fault = "No engine could be started."
    talked = telephone.talk(*drill(telephone, "ÖVNING", "91"))
    assert "No engine could be started." in talked.told
    assert telephone.cascades() == ["held"]
    assert "PÅGÅR A Brand" in talked.told


def test_nobody_at_the_keyboard_is_said_and_refused(telephone: Telephone) -> None:
    talked = telephone.talk(*drill(telephone, "ÖVNING"), officer="ingen")
    assert "Okänd vid tangenterna." in talked.told
    assert telephone.cascades() == []


def test_an_unknown_answer_repeats_the_question_with_one_sentence(telephone: Telephone) -> None:
    talked = telephone.talk(*drill(telephone)[:-1], "7", "x")
    assert talked.told.count("Det svaret finns inte") == 2
    assert talked.told.count("Ingenting är skickat. Vidare?") == 3


def test_the_preview_tells_numbers_channels_problems_and_the_first_text(
    telephone: Telephone,
) -> None:
    told = telephone.talk(*drill(telephone)[:-1], "2").told
    summary = told.partition("Steg 2 av 3")[2]
    assert "9 personer i 2 vågor." in summary
    assert "Först med sms 4, e-post 1, ingen väg 4." in summary
    assert "KAN INTE NÅS: 4" in summary
    assert "ÖVNING ÖVNING ÖVNING Brand vid" in summary
    assert "TEXTER: " not in summary.partition("Vidare?")[0]


def test_a_long_text_comes_page_by_page_with_more(telephone: Telephone) -> None:
    talked = telephone.talk(*drill(telephone)[:-1], "2", "9", "", "1", "0", "0")
    assert talked.told.count("1 eller Enter: mer.") >= 3
    whole = telephone.talk(*drill(telephone)[:-1], "2", is_terminal=False)
    assert "1 eller Enter: mer." not in whole.told
    assert "TEXTER: " in whole.told
