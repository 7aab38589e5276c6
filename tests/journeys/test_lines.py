"""A drill from a telephone: shipped content, real ledger and engine, simulated people, no screens.

The ledger's clock runs sixty times faster than life where the drill is to be seen to its end.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from beredskap.library import copy_shipped
from beredskap.wiring import open_house, set_pace, set_simulation
from tests.journeys.program import Program
from tests.journeys.provstad import OFFICER
from tests.journeys.telephone import COLUMNS, CTRL_D, Terminal, running_terminal

pytestmark = pytest.mark.slow
SETTINGS = {"BEREDSKAP_OFFICER": OFFICER}
SILENT = "karin-sjoholm"
WORD = {"sv": "ÖVNING", "en": "DRILL"}
ON_DUTY = {"sv": "SKARPT LÄGE: Jour.", "en": "LIVE: Duty."}
CONFIRM = {"sv": "Skriv ÖVNING och Enter.", "en": "Write DRILL and Enter."}
REACHED = {"sv": "Nådda ", "en": "Reached "}


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    """Return the program in a shipped workspace whose simulated people are known."""
    workspace = tmp_path / "w"
    copy_shipped(workspace)
    house = open_house(workspace)
    set_simulation(house, 1, {SILENT: "silent"})
    house.ledger.close()
    program = Program(workspace, SETTINGS)
    yield program
    program("engine", "stop")


def run_faster(program: Program) -> None:
    """Let the ledger's clock run sixty times faster than life."""
    house = open_house(program.workspace)
    set_pace(house, 60)
    house.ledger.close()


def hold_longer(program: Program) -> None:
    """Let the fire drill be held so long that a busy machine cannot outrun the test."""
    scenario = program.workspace / "scenarios" / "brand-forskola.yaml"
    text = scenario.read_text(encoding="utf-8")
    scenario.write_text(text.replace("hold_seconds: 8", "hold_seconds: 60"), encoding="utf-8")


def reads_on(at: Terminal, goal: str, more: str) -> None:
    """Turn pages until the goal is read."""
    while at.reads_any(goal, more) == more:
        at.types("1")


def to_confirmation(at: Terminal, lang: str) -> None:
    """Go from Duty to the confirmation of the fire drill, reading every question."""
    fact, more = ("Uppgift", ": mer.") if lang == "sv" else ("Fact", ": more.")
    at.reads(ON_DUTY[lang], "98 ")
    at.types("91")
    shown = at.reads(f"{WORD[lang]}: ", "Brand i förskola")
    found = re.search(r"(\d+) Brand i förskola$", shown)
    assert found is not None, shown
    at.types(found[1])
    answers = ["eken", "14.05", "Vasaparken", "99", "14.30", "15.00", "99"]
    for place, answer in enumerate(answers, start=1):
        at.reads(f"{WORD[lang]}: {fact} {place} ", "0 ")
        at.types(answer)
    reads_on(at, "1 vidare" if lang == "sv" else "1 on to", more)
    at.types("1")
    at.reads(CONFIRM[lang])


def is_plain(at: Terminal) -> bool:
    """Say whether nothing but lines that fit was written."""
    fits = all(len(line) <= COLUMNS for line in at.text.split("\n"))
    return fits and all(letter.isprintable() or letter == "\n" for letter in at.text)


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_a_drill_runs_from_a_telephone_to_answers_and_a_correction(
    program: Program, lang: str
) -> None:
    run_faster(program)
    began = time.monotonic()
    with running_terminal(program.workspace, "--plain", "--lang", lang, **SETTINGS) as at:
        to_confirmation(at, lang)
        at.types("21")
        at.reads("Det var inte ÖVNING." if lang == "sv" else "That was not DRILL.")
        assert program("alert", "list", "--json").json == {"incidents": []}
        at.types(WORD[lang])
        at.reads(f"{REACHED[lang]}0 ", "?")
        assert time.monotonic() - began < 90
        at.reads(REACHED[lang], REACHED[lang])
        _notes_an_answer(at, lang)
        people = {row["person"]: row for row in program("review", "last", "--json").json["people"]}
        assert people[SILENT]["class"] == "acknowledged"
        assert people[SILENT]["answer"] is not None
        _says_it_was_false(at, lang)
        at.types("0", "0")
        assert at.ends() == 0
        assert is_plain(at)
    kinds = [row["kind"] for row in program("alert", "show", "last", "--json").json["cascades"]]
    assert kinds == ["alert", "false_alarm"]
    assert program("alert", "show", "last", "--json").json["mode"] == "drill"


def _notes_an_answer(at: Terminal, lang: str) -> None:
    at.types("2")
    at.reads("Vem?" if lang == "sv" else "Who?", "0 ")
    at.types(SILENT)
    at.reads("1 notera" if lang == "sv" else "1 record", "0 ")
    at.types("1")
    at.reads("Skriv och Enter." if lang == "sv" else "Write and Enter.")
    at.types("1")
    at.reads("Noterat." if lang == "sv" else "Recorded.")


def _says_it_was_false(at: Terminal, lang: str) -> None:
    to, more = ("Går till ", ": mer.") if lang == "sv" else ("Goes to ", ": more.")
    at.types("3")
    at.reads("1 falskt" if lang == "sv" else "1 false", "0 ")
    at.types("1")
    at.reads(to)
    count = at.reads(" ").strip() or at.reads(" ").strip()
    reads_on(at, f"{count} och Enter" if lang == "sv" else f"{count} and Enter", more)
    at.types(count)
    at.reads("Rättelsen skickas nu." if lang == "sv" else "The correction is being sent.")


def test_empty_enters_and_a_closed_line_send_nothing(program: Program) -> None:
    with running_terminal(program.workspace, ACCESSIBLE="1", **SETTINGS) as at:
        to_confirmation(at, "sv")
        at.types("", "", "", "")
        for _ in range(4):
            at.reads("Det var inte ÖVNING.")
        at.presses(CTRL_D)
        at.reads("Inga fler svar kommer. Inget pågår.")
        assert at.ends() == 0
        assert is_plain(at)
    assert program("alert", "list", "--json").json == {"incidents": []}


def test_the_hold_is_stopped_by_a_number_and_not_by_leaving(program: Program) -> None:
    hold_longer(program)
    with running_terminal(program.workspace, TERM="dumb", **SETTINGS) as at:
        to_confirmation(at, "sv")
        at.types("övning")
        at.reads("Skickas om ", "0 och Enter STOPPAR.", "s kvar")
        at.types("0")
        at.reads("Stoppat. Ingenting har skickats.", "1 vidare", "tillbaka")
        at.types("1")
        at.reads(CONFIRM["sv"])
        at.types("ÖVNING")
        at.reads("Skickas om ", "går det ändå.")
        at.interrupts()
        at.reads("Ctrl-C stoppar inte utskicket.")
        at.presses(CTRL_D)
        at.reads("går vidare: larm bekräftat, nedräkning pågår.", "beredskap alert stop")
        assert at.ends() == 0
        assert is_plain(at)
    incidents = program("alert", "list", "--json").json["incidents"]
    assert [row["mode"] for row in incidents] == ["drill", "drill"]
    shown = [program("alert", "show", row["incident"], "--json").json for row in incidents]
    assert shown[0]["cascades"][0]["status"] == "stood_down"
    assert shown[1]["cascades"][0]["status"] in ("held", "running")


def test_a_script_may_answer_everything_and_the_null_device_nothing(program: Program) -> None:
    answered = program.answers("91\n92\n0\n", "--plain")
    assert (answered.code, answered.err) == (0, "")
    assert "ÖVNING: Jour." in answered.out
    assert answered.out.endswith("Inget pågår.\n")
    assert program("--plain").out.startswith("Inga pågående händelser.")
