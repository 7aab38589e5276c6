"""The board in lines over a real engine with simulated people on a held clock."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest

from beredskap.channels.people import Behaviour, Crowd, SimulatedRoute
from beredskap.dispatch.engine import Engine, EngineOptions
from beredskap.domain.channel import Channel
from beredskap.domain.incident import IncidentMode
from beredskap.domain.reach import ReachClass
from beredskap.store.personal import read_people
from tests.cli.linear.conftest import Meanwhile, Step, Telephone
from tests.desk.conftest import Office

BEHAVIOURS = {
    "anna": Behaviour.SILENT,
    "cia": Behaviour.SILENT,
    "jon": Behaviour.SILENT,
    "bo": Behaviour.UNCERTAIN,
    "kim": Behaviour.SILENT,
    "lea": Behaviour.SILENT,
}


class Running:
    """A drill on its way, with an engine that is turned by hand."""

    def __init__(self, office: Office, runner: asyncio.Runner) -> None:
        self.office, self._runner = office, runner
        crowd = Crowd(seed=1, clock=office.clock, name_of=self._name_of, assigned=BEHAVIOURS)
        people = {one: SimulatedRoute(crowd, one) for one in (Channel.SMS, Channel.EMAIL)}
        self._engine = Engine(
            ledger=office.ledger,
            clock=office.clock,
            senders={IncidentMode.DRILL: people, IncidentMode.LIVE: {}},
            options=EngineOptions(
                id="lines",
                host="here",
                pid=1,
                build="lines",
                schema_version="",
                reconcile_spacing=timedelta(0),
            ),
        )
        runner.run(self._engine.start())
        self.incident = office.launch(hold=0).incident
        self.passes(0)()

    def _name_of(self, ref: str) -> str:
        with self.office.ledger.read() as tx:
            person = read_people(tx, [ref])[ref]
        return person.id or person.name

    def passes(self, minutes: float) -> Meanwhile:
        """Return something that lets time pass and the engine do what is due."""

        def pass_time() -> None:
            self.office.clock.advance(minutes=minutes)
            self._runner.run(self._engine.settle())

        return pass_time

    def reach(self, person: str) -> ReachClass:
        """Return the class of a person."""
        people = self.office.desk.show(self.incident).people
        return next(one.reach for one in people if one.person == person)

    def close(self) -> None:
        """End the engine."""
        self._runner.run(self._engine.close())


@pytest.fixture
def drill(office: Office) -> Iterator[Running]:
    """Return a drill of the scenario `Brand` that has just been released."""
    with asyncio.Runner() as runner:
        running = Running(office, runner)
        yield running
        running.close()


def on_board(telephone: Telephone, *steps: Step) -> tuple[Step, ...]:
    """Return the answers that open the board of the running drill, and then the steps."""
    return ("91", telephone.number("PÅGÅR A Brand"), *steps)


def quiet() -> None:
    """Let nothing happen."""


def test_only_what_changes_is_told(telephone: Telephone, drill: Running) -> None:
    still = telephone.talk(*on_board(telephone, *[quiet] * 5, "0", "0"))
    assert still.told.count("Nådda 0 av 9.") == 1
    moved = telephone.talk(*on_board(telephone, quiet, drill.passes(5), quiet, quiet, "0", "0"))
    board = moved.told.partition("Händelse A.")[2]
    assert board.count("Nådda 0 av ") == 1
    assert "Bo Ek, oklart om det gick iväg" in board


def test_enter_alone_tells_how_things_stand_and_does_nothing(
    telephone: Telephone, drill: Running
) -> None:
    before = drill.office.rows("SELECT count(*) FROM log_entry")
    talked = telephone.talk(*on_board(telephone, "", "", "0", "0"))
    assert talked.told.count("Nådda 0 av 9.") == 3
    assert drill.office.rows("SELECT count(*) FROM log_entry") == before


def test_help_comes_before_everything_and_the_uncertain_are_named(
    telephone: Telephone, drill: Running
) -> None:
    drill.passes(5)()
    talked = telephone.talk(*on_board(telephone, "2", "jon", "1", "3", "", "0", "0"))
    assert drill.reach("jon") is ReachClass.ACKNOWLEDGED
    whole = talked.after("Brand, 20261123-1")
    assert whole.index("BEHÖVER HJÄLP: 1") < whole.index("Nådda 1 av")
    assert "BEHÖVER HJÄLP: Jon Kvist" in whole
    assert whole.index("BEHÖVER HJÄLP: Jon Kvist") < whole.index("Dan Öst, inte nådd")
    assert "Bo Ek, oklart om det gick iväg" in whole
    assert "oklara 1;" in whole


def test_an_answer_by_mouth_is_noted_with_the_words(telephone: Telephone, drill: Running) -> None:
    talked = telephone.talk(*on_board(telephone, "2", "anna", "1", "", "2", "anna", "1", "1"))
    assert talked.told.count("Noterat.") == 1
    assert drill.reach("anna") is ReachClass.ACKNOWLEDGED
    assert "Anna Berg, nådd, har svarat: kommer" in talked.told


def test_somebody_is_left_out_with_a_reason(telephone: Telephone, drill: Running) -> None:
    talked = telephone.talk(*on_board(telephone, "2", "bo", "2", "På semester", "0", "0"))
    assert "Undantagen." in talked.told
    assert drill.reach("bo") is ReachClass.NOT_REACHED


def test_a_person_is_found_by_a_part_of_the_name(telephone: Telephone, drill: Running) -> None:
    talked = telephone.talk(*on_board(telephone, "2", "finns inte", "kvist", "0", "0", "0"))
    assert "Inget heter något med 'finns inte'." in talked.told
    assert "Vem?" in talked.told
    assert "Jon Kvist" in talked.after("Vem?")
    assert "Bo Ek" not in talked.after("Vem?")


def test_a_false_alarm_takes_the_count_and_nothing_else(
    telephone: Telephone, drill: Running
) -> None:
    found = drill.office.desk.show(drill.incident)
    assert [cascade.kind.value for cascade in found.cascades] == ["alert"]
    wrong = telephone.talk(*on_board(telephone, "3", "1", "", "99", "0", "0", "0"))
    assert "Ingenting är gjort." in wrong.told
    count = wrong.told.partition("Går till ")[2].split()[0]
    assert telephone.cascades() == ["running"]
    right = telephone.talk(*on_board(telephone, "3", "1", count, "0", "0"))
    assert "Rättelsen skickas nu." in right.told
    assert "Falskt larm." in right.told
    kinds = drill.office.rows("SELECT kind FROM cascade ORDER BY id")
    assert [kind for (kind,) in kinds] == ["alert", "false_alarm"]


def test_an_update_may_have_new_facts(telephone: Telephone, drill: Running) -> None:
    asked = telephone.talk(*on_board(telephone, "3", "2", "2", "Vasaplan", "12.00", "0", "0", "0"))
    assert "Nu: Odenplan." in asked.told
    count = asked.told.partition("Går till ")[2].split()[0]
    talked = telephone.talk(*on_board(telephone, "3", "2", "1", count, "3", "3", count, "0", "0"))
    assert talked.told.count("Rättelsen skickas nu.") == 2
    kinds = drill.office.rows("SELECT kind FROM cascade ORDER BY id")
    assert [kind for (kind,) in kinds] == ["alert", "update", "all_clear"]


def test_pausing_resuming_and_stopping_each_take_their_number(
    telephone: Telephone, drill: Running
) -> None:
    telephone.talk(*on_board(telephone, "5", "0", "0"))
    assert telephone.cascades() == ["paused"]
    telephone.talk(*on_board(telephone, "6", "", "0", "0", "0"))
    assert telephone.cascades() == ["paused"]
    telephone.talk(*on_board(telephone, "6", "1", "0", "0"))
    assert telephone.cascades() == ["running"]
    telephone.talk(*on_board(telephone, "4", "", "0", "0", "0"))
    assert telephone.cascades() == ["running"]
    stopped = telephone.talk(*on_board(telephone, "4", "1", "0", "0"))
    assert telephone.cascades() == ["stood_down"]
    assert "det som lämnat kan inte tas tillbaka" in stopped.told
    refused = telephone.talk(*on_board(telephone, "5", "4", "1", "0", "0"))
    assert refused.told.count("Fel: ") == 2


def test_the_uncertain_are_decided_about_after_one_more_answer(
    telephone: Telephone, drill: Running
) -> None:
    none = telephone.talk(*on_board(telephone, "7", "0", "0"))
    assert "Inga försök är oklara." in none.told
    drill.passes(5)()
    talked = telephone.talk(*on_board(telephone, "7", "", "0", "7", "2", "0", "0"))
    assert "1 oklara. Skicka igen kan ge två meddelanden." in talked.told
    assert talked.told.count("Beslutat för 1 personer.") == 1


def test_a_note_stands_in_the_log_and_in_the_review(telephone: Telephone, drill: Running) -> None:
    talked = telephone.talk(
        *on_board(telephone, "9", "", "9", "Ringt räddningstjänsten", "10"), is_terminal=False
    )
    assert talked.told.count("Noterat.") == 1
    assert "Ringt räddningstjänsten" in talked.after("Noterat.")
    review = telephone.talk(*on_board(telephone, "11"), is_terminal=False)
    assert "Ringt räddningstjänsten" in review.told.partition("Händelse A.")[2]
    assert "ÖVNING" in review.after("Händelse A. 3 rätta") or "nådd" in review.told


def test_closing_takes_one_more_answer_and_waits_for_the_alert(
    telephone: Telephone, drill: Running
) -> None:
    early = telephone.talk(*on_board(telephone, "12", "1", "0", "0"))
    assert "Fel: " in early.told
    telephone.talk(*on_board(telephone, "4", "1", "12", "0", "0", "0"))
    assert drill.office.desk.incident(drill.incident).closed_at is None
    closed = telephone.talk(*on_board(telephone, "12", "1", "0", "0"))
    assert "Avslutad." in closed.told
    assert drill.office.desk.incident(drill.incident).closed_at is not None
    assert closed.lines[-1] == "Inget pågår."


def test_everybody_is_told_page_by_page(telephone: Telephone, drill: Running) -> None:
    talked = telephone.talk(*on_board(telephone, "1", "1", "0", "0", "0"))
    people = drill.office.desk.show(drill.incident).people
    assert len(people) == 9
    shown = talked.told.partition("Händelse A.")[2]
    assert all(person.name in shown for person in people)


def test_all_choices_are_told_when_asked_for(telephone: Telephone, drill: Running) -> None:
    talked = telephone.talk(*on_board(telephone, "?", "98", "77", "0", "0"))
    assert talked.told.count("12 avsluta händelsen 0 till jouren") == 2
    assert talked.told.count("Det svaret finns inte") == 1


def test_a_late_beginning_is_said_with_its_reason(telephone: Telephone) -> None:
    telephone.desk.launch()
    late = telephone.passes(30)
    talked = telephone.talk(*on_board(telephone, late, quiet, "0", "0"), engine_runs=False)
    assert talked.told.count("INGENTING HAR LÄMNAT ÄN. Ingen motor kör") == 1


def test_what_the_desk_refuses_on_the_board_is_a_sentence(
    telephone: Telephone, drill: Running
) -> None:
    asked = telephone.talk(*on_board(telephone, "3", "1", "0"), officer="dan")
    count = asked.told.partition("Går till ")[2].split()[0]
    talked = telephone.talk(*on_board(telephone, "3", "1", count, "0", "0"), officer="dan")
    assert "Fel: " in talked.told
    assert telephone.cascades() == ["running"]


def test_a_fault_that_stays_is_told_once_and_the_board_goes_on(
    telephone: Telephone, drill: Running
) -> None:
    hide = "ALTER TABLE {} RENAME TO {}"
    names = ("delivery", "away")
    talked = telephone.talk(
        *on_board(telephone, quiet),
        lambda: drill.office.do(hide.format(*names)),
        *[quiet] * 3,
        lambda: drill.office.do(hide.format(*reversed(names))),
        drill.passes(5),
        "0",
        "0",
    )
    assert talked.told.count("Fel: ") == 1
    assert "oklara 1;" in talked.after("Fel: ")


def test_an_incident_whose_alert_is_over_is_said_to_be_open(
    telephone: Telephone, drill: Running
) -> None:
    talked = telephone.talk(*on_board(telephone, "4", "1", "0", "0"))
    assert "ÖVNING A Brand är öppen: larm stoppat. Avsluta: beredskap alert close" in talked.told
