from __future__ import annotations

import itertools
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, select, text

from beredskap.clock import SystemClock
from beredskap.desk import Preparation
from beredskap.domain.channel import Channel
from beredskap.domain.incident import IncidentMode
from beredskap.domain.log import LogKind, commitment
from beredskap.domain.scenario import RungAction
from beredskap.errors import EngineError, NotFoundError, RefusedError, UsageError
from beredskap.store.cases import read_waves
from beredskap.store.deliveries import DELIVERY_COLUMNS, delivery_of
from beredskap.store.log_book import read_entries
from beredskap.store.personal import KnownPerson, read_people, read_salted
from beredskap.store.tables import CascadeRow, DeliveryRow
from tests.desk.conftest import START, Office
from tests.desk.workspace import write_people

_CASCADE = CascadeRow.__table__  # type: ignore[attr-defined]
_DELIVERY = DeliveryRow.__table__  # type: ignore[attr-defined]
LIVE, DRILL = IncidentMode.LIVE, IncidentMode.DRILL


def _nothing_written(office: Office) -> bool:
    tables = ("incident", "cascade", "wave", "recipient", "delivery", "log_entry", "personal_value")
    return all(office.rows(f"SELECT count(*) FROM {table}") == [(0,)] for table in tables)


def _refused(office: Office, prepared: Preparation, match: str, **options: object) -> None:
    wanted = {"confirm_count": prepared.persons, **options}
    with pytest.raises(RefusedError, match=match):
        office.desk.launch(office.actor(), prepared, **wanted)  # type: ignore[arg-type]
    assert _nothing_written(office)
    assert office.starter.asked == 0


def test_the_countdown_begins_when_an_engine_is_there_and_not_before(office: Office) -> None:
    wake = office.starter.ensure_running

    def slowly() -> None:
        wake()
        if office.starter.asked == 1:
            office.clock.advance(seconds=4)

    office.starter.ensure_running = slowly  # type: ignore[method-assign]
    launched = office.launch()
    assert office.clock.now() == START + timedelta(seconds=4)
    assert launched.release_at == office.clock.now() + timedelta(seconds=8)


def test_a_launch_is_held_and_wakes_the_engine(office: Office) -> None:
    launched = office.launch()
    assert launched.release_at == START + timedelta(seconds=8)
    assert office.starter.asked == 2
    assert office.rows("SELECT status, persons, mode FROM cascade") == [("held", 9, "drill")]
    assert office.rows("SELECT DISTINCT status FROM wave") == [("pending",)]
    assert office.rows("SELECT count(*) FROM attempt") == [(0,)]
    figures = office.desk.show(launched.incident)
    assert figures.persons == sum(figures.reach.values()) == 9


@pytest.mark.parametrize("count", [0, 8, 10, -1])
def test_another_count_than_the_previews_is_refused(office: Office, count: int) -> None:
    _refused(office, office.prepare(), "look at 'beredskap preview brand'", confirm_count=count)


def test_a_launch_to_nobody_is_refused(office: Office) -> None:
    _refused(office, office.prepare("tom"), "nobody", confirm_count=0)


def test_a_live_launch_needs_adoption(office: Office) -> None:
    _refused(office, office.prepare(mode=LIVE), "scenario adopt brand")
    office.desk.adopt(office.actor(), "brand")
    assert office.launch(mode=LIVE).incident


def test_the_generic_scenario_alone_needs_none(office: Office) -> None:
    assert office.launch("generisk", LIVE).incident


@pytest.mark.parametrize("mode", [DRILL, IncidentMode.TEST, IncidentMode.REHEARSAL])
def test_an_exercise_needs_none(office: Office, mode: IncidentMode) -> None:
    assert office.launch("ensam", mode).incident


def test_a_live_launch_needs_its_corrections(office: Office) -> None:
    _refused(office, office.prepare("ensam", LIVE), "no false alarm and no all-clear text")


def test_a_live_launch_of_two_persons_waits_for_the_second(office: Office) -> None:
    office.desk.adopt(office.actor(), "tva")
    launched = office.launch("tva", LIVE)
    assert launched.approval is not None
    assert office.desk.show(launched.incident).cascades[0].status.value == "awaiting_approval"


@pytest.mark.parametrize("hold", [-1, 301])
def test_an_impossible_hold_is_a_usage_error(office: Office, hold: int) -> None:
    with pytest.raises(UsageError, match="0 to 300"):
        office.launch(hold=hold)
    assert _nothing_written(office)


@pytest.mark.parametrize("hold", [0, 300])
def test_the_hold_can_be_chosen(office: Office, hold: int) -> None:
    launched = office.launch(hold=hold)
    assert launched.release_at == START + timedelta(seconds=hold)
    (entry,) = office.entries(launched.incident, LogKind.CASCADE_HELD)
    assert entry.codes["hold"] == hold


def test_an_incident_of_another_mode_is_refused(office: Office) -> None:
    drill = office.desk.open_incident(office.actor(), "Övning", DRILL)
    office.desk.adopt(office.actor(), "brand")
    with pytest.raises(RefusedError, match="never mixed"):
        office.launch(mode=LIVE, incident=drill.id)
    assert office.rows("SELECT count(*) FROM cascade") == [(0,)]


def test_a_closed_or_unknown_incident_takes_no_alert(office: Office) -> None:
    incident = office.desk.open_incident(office.actor(), "Övning", DRILL)
    office.desk.close(office.actor(), incident.id)
    with pytest.raises(RefusedError, match="closed"):
        office.launch(incident=incident.id)
    with pytest.raises(NotFoundError):
        office.launch(incident="20200101-1")


def test_without_an_engine_the_alert_stays_held_and_says_so(office: Office) -> None:
    office.starter.fault = "No engine became ready."
    with pytest.raises(EngineError, match=r"on hold.*No engine became ready.*alert stop"):
        office.launch()
    assert office.rows("SELECT status FROM cascade") == [("held",)]


def test_the_log_tells_of_everybody(office: Office) -> None:
    launched = office.launch(exclusions={"cia": "på semester"})
    kinds = office.kinds(launched.incident)
    assert kinds[:2] == [LogKind.INCIDENT_OPENED, LogKind.CASCADE_PREPARED]
    assert kinds[-1] is LogKind.CASCADE_HELD
    planned = office.entries(launched.incident, LogKind.PEOPLE_PLANNED)
    told = [len(entry.codes["people"]) for entry in planned]
    assert [entry.codes.get("wave") for entry in planned] == ["ledning", "alla", None]
    assert told == [3, 9, 1]
    skipped = office.entries(launched.incident, LogKind.PERSON_SKIPPED)
    assert sorted(entry.codes["reason"] for entry in skipped) == [
        "duplicate",
        "excluded",
        "excluded",
        "no_address",
        "on_leave",
        "opted_out",
        "protected",
    ]


def test_nothing_personal_stands_in_the_log(office: Office) -> None:
    launched = office.launch(exclusions={"cia": "på semester"})
    whole = "\n".join(office.desk.export_log(launched.incident))
    for word in ("Anna", "anna", "+4670", "norr.example", "Odenplan", "semester", "ivo"):
        assert word not in whole


def test_every_person_is_committed_to_once_and_the_commitments_open(office: Office) -> None:
    launched = office.launch()
    with office.ledger.read() as tx:
        entries = [found.entry for found in read_entries(tx, launched.incident)]
        committed = {ref: c for entry in entries for ref, c in entry.commitments.items()}
        people = [ref for e in entries for ref in e.commitments if ref.startswith("p_")]
        salted = read_salted(tx, committed)
    assert len(people) == len(set(people)) == 10
    assert {ref: commitment(*held) for ref, held in salted.items()} == committed


def test_a_last_rung_is_a_reference_in_the_ledger(office: Office) -> None:
    launched = office.launch()
    with office.ledger.read() as tx:
        (first, *_) = read_waves(tx, launched.cascade_id)
        (rung,) = [r for r in first.wave.terms.ladder if r.action is RungAction.LAST_RUNG]
        assert rung.person is not None
        assert read_people(tx, [rung.person])[rung.person].id == "kim"


def test_a_last_rung_who_cannot_be_told_is_nobody(office: Office) -> None:
    launched = office.launch(exclusions={"kim": "på resa"})
    with office.ledger.read() as tx:
        (first, *_) = read_waves(tx, launched.cascade_id)
    assert [rung.person for rung in first.wave.terms.ladder] == [None, None, None]


def test_deputies_stand_by_without_a_duty(office: Office) -> None:
    office.launch(additions=("lea",))
    found = office.rows("SELECT person_key FROM recipient WHERE is_standby")
    assert found == [("kim",)]
    told = office.rows(
        "SELECT r.person_key FROM delivery d JOIN recipient r ON r.ref = d.deputy ORDER BY d.id"
    )
    assert told == [("bo",), ("kim",), ("bo",)]


def _told_at(office: Office) -> dict[tuple[str, str], list[tuple[str, str, str]]]:
    """Return, by (wave, person), the (channel, address, language) tried in order."""
    found = {}
    keys = dict(office.rows("SELECT ref, person_key FROM recipient"))
    waves = dict(office.rows("SELECT id, key FROM wave"))
    with office.ledger.read() as tx:
        deliveries = [delivery_of(row) for row in tx.execute(select(*DELIVERY_COLUMNS))]
        people = read_people(tx, {d.recipient for d in deliveries})
    for delivery in deliveries:
        points = people[delivery.recipient].points[delivery.point : len(delivery.channels)]
        tried = delivery.channels[delivery.point :]
        assert [point.channel for point in points] == list(tried)
        found[waves[delivery.wave_id], keys[delivery.recipient] or "protected"] = [
            (point.channel.value, point.address, point.language) for point in points
        ]
    return found


def test_each_wave_tries_the_channels_in_its_own_order_and_language(office: Office) -> None:
    office.launch()
    told = _told_at(office)
    assert told["ledning", "jon"] == [
        ("sms", "+46701740611", "en"),
        ("email", "jon@norr.example", "sv"),
    ]
    assert told["alla", "jon"] == [
        ("email", "jon@norr.example", "en"),
        ("sms", "+46701740611", "sv"),
    ]
    channels = dict(
        office.rows(
            "SELECT w.key, d.channel FROM delivery d "
            "JOIN wave w ON w.id = d.wave_id "
            "JOIN recipient r ON r.ref = d.recipient "
            "WHERE r.person_key = 'jon'"
        )
    )
    assert channels == {"ledning": Channel.SMS.value, "alla": Channel.EMAIL.value}


def test_a_protected_person_has_the_go_betweens_points_and_no_id(office: Office) -> None:
    office.launch()
    rows = office.rows("SELECT ref, person_key, unit FROM recipient WHERE is_protected")
    assert {(key, unit) for _, key, unit in rows} == {(None, None)}
    with office.ledger.read() as tx:
        people = [read_people(tx, [ref])[ref] for ref, _, _ in rows]
    assert [person.name for person in people] == ["skyddad person 1", "skyddad person 2"]
    assert {person.id for person in people} == {""}
    assert [point.address for point in people[0].points] == ["+46701740605", "anna@norr.example"]
    values = " ".join(value for (value,) in office.rows("SELECT value FROM personal_value"))
    assert "Gun" not in values and "Hal" not in values


def test_a_second_alert_in_an_incident_counts_everybody_once(office: Office) -> None:
    first = office.launch()
    office.desk.stop(office.actor(), first.incident)
    second = office.launch("generisk", incident=first.incident, additions=("lea",))
    assert second.incident == first.incident
    figures = office.desk.show(first.incident)
    assert figures.persons == 10
    assert [cascade.persons for cascade in figures.cascades] == [9, 10]
    assert len({person.person for person in figures.people}) == 10
    assert office.kinds(first.incident).count(LogKind.INCIDENT_OPENED) == 1


def test_new_addresses_in_a_second_alert_are_committed_to_anew(office: Office) -> None:
    first = office.launch()
    path = office.workspace / "contact_lists" / "people.csv"
    path.write_text(path.read_text().replace("0701740611", "0701740620"), encoding="utf-8")
    office.launch(incident=first.incident)
    jon = [p for p in _people(office) if p.id == "jon"]
    assert len(jon) == 1
    assert [p.address for p in jon[0].points].count("+46701740620") == 2
    assert office.desk.verify_log(first.incident, lang="en").verdict.value == "consistent"
    last = office.rows("SELECT max(id) FROM cascade")[0][0]
    rows = office.rows(
        "SELECT d.point, d.channels FROM delivery d JOIN recipient r ON r.ref = d.recipient "
        f"WHERE r.person_key = 'jon' AND d.cascade_id = {last} ORDER BY d.id"
    )
    addresses = [jon[0].points[point].address for point, _ in rows]
    assert addresses == ["+46701740620", "jon@norr.example"]


def _people(office: Office) -> list[KnownPerson]:
    refs = [ref for (ref,) in office.rows("SELECT ref FROM recipient")]
    with office.ledger.read() as tx:
        return list(read_people(tx, refs).values())


def test_a_protected_person_stays_the_same_number_in_a_second_alert(office: Office) -> None:
    first = office.launch()
    office.launch("generisk", incident=first.incident)
    assert len(office.rows("SELECT ref FROM recipient WHERE is_protected")) == 2


def test_facts_are_kept_as_personal_values(office: Office) -> None:
    launched = office.launch()
    (entry,) = office.entries(launched.incident, LogKind.CASCADE_PREPARED)
    with office.ledger.read() as tx:
        held = read_salted(tx, entry.codes["facts"])
    assert '{"fact": "plats", "value": "Odenplan"}' in {value for _, value in held.values()}


def test_no_transaction_writes_more_than_five_thousand_rows(office: Office) -> None:
    write_people(office.workspace, 4_000)
    rows: list[int] = []
    with office.ledger.read() as tx:
        engine = tx.engine

    @event.listens_for(engine, "begin")
    def _begin(connection: object) -> None:
        rows.append(0)

    @event.listens_for(engine, "before_cursor_execute")
    def _count(_c: object, _cursor: object, sql: str, values: object, *_: object) -> None:
        if sql.startswith("INSERT"):
            rows[-1] += len(values) if isinstance(values, list) else 1

    launched = office.launch()
    assert office.desk.show(launched.incident, with_people=False).persons == 4_009
    assert sum(rows) >= 4_009 * 3
    assert max(rows) <= 5_000
    planned = office.entries(launched.incident, LogKind.PEOPLE_PLANNED)
    assert max(len(entry.codes["people"]) for entry in planned) == 500


STEPS = [
    ("INSERT ON incident", "1"),
    ("INSERT ON cascade", "1"),
    ("INSERT ON wave", "1"),
    ("INSERT ON wave", "(SELECT count(*) FROM wave) = 1"),
    ("INSERT ON body", "1"),
    ("INSERT ON wave_body", "(SELECT count(*) FROM wave_body) = 4"),
    ("INSERT ON recipient", "1"),
    ("INSERT ON recipient", "(SELECT count(*) FROM recipient) = 5"),
    ("INSERT ON recipient", "NEW.is_standby"),
    ("INSERT ON personal_value", "NEW.ref LIKE 'o!_%' ESCAPE '!'"),
    ("INSERT ON personal_value", "NEW.ref LIKE 'f!_%' ESCAPE '!'"),
    ("INSERT ON personal_value", "NEW.ref LIKE 'd!_%' ESCAPE '!'"),
    ("INSERT ON personal_value", "(SELECT count(*) FROM personal_value) = 9"),
    ("INSERT ON delivery", "1"),
    ("INSERT ON delivery", "(SELECT count(*) FROM delivery) = 4"),
    ("INSERT ON delivery", "NEW.status = 'skipped'"),
    ("INSERT ON log_entry", "NEW.kind = 'incident_opened'"),
    ("INSERT ON log_entry", "NEW.kind = 'cascade_prepared'"),
    ("INSERT ON log_entry", "NEW.kind = 'people_planned'"),
    ("INSERT ON log_entry", "NEW.kind = 'person_skipped'"),
    ("INSERT ON log_entry", "NEW.kind = 'cascade_held'"),
    ("UPDATE ON cascade", "NEW.release_at IS NOT NULL"),
    ("UPDATE ON cascade", "NEW.status = 'held'"),
]


def _refuse(office: Office, act: str, when: str) -> None:
    verb, table = act.split(" ON ")
    office.do(
        f"CREATE TRIGGER refuse BEFORE {verb} ON {table} WHEN {when} "
        "BEGIN SELECT RAISE(ABORT, 'refused'); END"
    )


def _is_undone(office: Office) -> None:
    """Assert that whatever was staged can never be sent and says so."""
    assert office.rows("SELECT count(*) FROM cascade WHERE status <> 'stood_down'") == [(0,)]
    assert office.rows("SELECT count(*) FROM wave WHERE status <> 'cancelled'") == [(0,)]
    assert office.rows(
        "SELECT count(*) FROM delivery WHERE status NOT IN ('cancelled', 'skipped')"
    ) == [(0,)]
    assert office.rows("SELECT count(*) FROM incident WHERE status = 'open'") == [(0,)]
    for (incident,) in office.rows("SELECT id FROM incident"):
        kinds = office.kinds(incident)
        assert kinds[-1] is LogKind.INCIDENT_CLOSED
        assert LogKind.CASCADE_STOOD_DOWN in kinds
        figures = office.desk.show(incident)
        assert sum(figures.reach.values()) == figures.persons


@pytest.mark.parametrize(("act", "when"), STEPS)
def test_a_fault_at_any_step_leaves_nothing_half_done(office: Office, act: str, when: str) -> None:
    _refuse(office, act, when)
    with pytest.raises(Exception, match="nothing was sent"):
        office.launch()
    _is_undone(office)
    office.do("DROP TRIGGER refuse")
    assert office.launch().incident
    assert office.rows("SELECT count(*) FROM cascade WHERE status = 'held'") == [(1,)]


def test_a_fault_in_an_open_incident_leaves_it_open(office: Office) -> None:
    incident = office.desk.open_incident(office.actor(), "Övning", DRILL)
    _refuse(office, "INSERT ON delivery", "1")
    with pytest.raises(Exception, match="nothing was sent"):
        office.launch(incident=incident.id)
    assert office.desk.incident(incident.id).status.value == "open"
    assert office.rows("SELECT DISTINCT status FROM cascade") == [("stood_down",)]


def test_what_cannot_be_undone_at_once_is_swept_later(office: Office) -> None:
    _refuse(
        office,
        "INSERT ON log_entry",
        "NEW.kind <> 'incident_opened' AND NEW.kind <> 'cascade_prepared'",
    )
    with pytest.raises(Exception, match="nothing was sent"):
        office.launch()
    assert office.rows("SELECT status FROM cascade") == [("preparing",)]
    office.do("DROP TRIGGER refuse")
    real_now = _prepared_at(office)
    assert office.desk.sweep_abandoned(real_now + timedelta(minutes=9)) == 0
    assert office.desk.sweep_abandoned(real_now + timedelta(minutes=11)) == 1
    _is_undone(office)
    assert office.desk.sweep_abandoned(real_now + timedelta(minutes=12)) == 0


def _prepared_at(office: Office) -> datetime:
    with office.ledger.read() as tx:
        at: datetime = tx.execute(select(_CASCADE.c.created_at)).scalars().one()
    return at


def test_the_age_of_a_preparation_is_real_time(office: Office) -> None:
    before = SystemClock().now()
    office.launch()
    assert before <= _prepared_at(office) <= SystemClock().now()


def test_a_full_disk_at_any_page_leaves_nothing_half_done(office: Office) -> None:
    write_people(office.workspace, 1_000)
    pages = office.rows("PRAGMA page_count")[0][0]
    failures = 0
    for limit in itertools.count(pages, 40):
        _limit_pages(office, limit)
        try:
            office.launch()
        except Exception as error:
            assert "full" in str(error), error
            failures += 1
        else:
            break
        finally:
            _limit_pages(office, 1_000_000)
        assert office.rows("SELECT count(*) FROM cascade WHERE status = 'held'") == [(0,)]
        office.desk.sweep_abandoned(FAR_FUTURE)
        _is_undone(office)
        pages = office.rows("PRAGMA page_count")[0][0]
        if failures > 25:
            pytest.fail("the launch never came through")
    assert failures >= 3


FAR_FUTURE = START + timedelta(days=36_500)


def _limit_pages(office: Office, limit: int) -> None:
    with office.ledger.write() as tx:
        tx.execute(text(f"PRAGMA max_page_count={limit}"))


def test_a_preparation_called_off_meanwhile_is_not_held(office: Office) -> None:
    office.do(
        "CREATE TRIGGER stop_it AFTER INSERT ON log_entry WHEN NEW.codes LIKE '%standby%' "
        "BEGIN UPDATE cascade SET status = 'stood_down'; END"
    )
    with pytest.raises(RefusedError, match="called off"):
        office.launch()
    assert office.rows("SELECT status FROM cascade") == [("stood_down",)]
    assert office.rows("SELECT count(*) FROM delivery WHERE status = 'waiting'") == [(0,)]


def test_a_crash_at_any_transaction_leaves_nothing_to_send(office: Office, tmp_path: Path) -> None:
    """The process dies outright, so nothing of ours can tidy up; the sweep does."""
    office.desk.adopt(office.actor(), "brand")  # so that its files are kept already
    for transaction in range(1, 6):
        run = subprocess.run(
            [
                sys.executable,
                "-m",
                "tests.desk.dying",
                str(office.workspace),
                str(tmp_path / "ledger.sqlite3"),
                str(transaction),
            ],
            cwd=Path(__file__).parents[2],
            check=False,
            capture_output=True,
            text=True,
        )
        assert run.returncode == 9, run.stderr
    held = office.rows("SELECT id, persons FROM cascade WHERE status = 'held'")
    for cascade_id, persons in held:
        found = office.rows(
            f"SELECT count(DISTINCT recipient) FROM delivery WHERE cascade_id = {cascade_id}"
        )
        assert found == [(persons,)]
    preparing = office.rows("SELECT count(*) FROM cascade WHERE status = 'preparing'")[0][0]
    assert preparing == 4 and len(held) == 1
    assert office.desk.sweep_abandoned(FAR_FUTURE) == preparing
    assert office.rows("SELECT count(*) FROM cascade WHERE status = 'preparing'") == [(0,)]
