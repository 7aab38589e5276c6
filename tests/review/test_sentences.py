from __future__ import annotations

import pytest

from beredskap.domain.incident import IncidentMode
from beredskap.domain.log import Code, LogKind
from beredskap.review.sentences import _TEMPLATES, LogLine, tell
from beredskap.store.ledger import Ledger
from beredskap.store.log_book import read_entries
from beredskap.store.people import erase_values, values_about
from tests.review.recorded import OFFICER, Recorded, State, record

OFFICER_VALUE = '{"how_known":"os_login","name":"Kari Ek","officer":"kari"}'


def _told(recorded: Recorded, lang: str) -> tuple[LogLine, ...]:
    with recorded.ledger.read() as tx:
        entries = read_entries(tx, recorded.incident.id)
        return tell(tx, entries, lang=lang, zone="Europe/Stockholm")


@pytest.fixture
def recorded(ledger: Ledger) -> Recorded:
    """Return an incident with Anna, who answered, and an officer who is known by name."""
    return record(ledger, [State(name="Anna", answered_after=60), State(name="Bo")])


@pytest.mark.parametrize(
    ("kind", "codes", "values", "swedish", "english"),
    [
        (
            LogKind.NOTE,
            {"kind": "promise", "text": "t_1", "due": "2026-11-23T14:00:00+00:00"},
            {"t_1": "ringer föräldrarna"},
            "Kari Ek, löfte: ringer föräldrarna (senast 2026-11-23 15:00:00)",
            "Kari Ek, promise: ringer föräldrarna (by 2026-11-23 15:00:00)",
        ),
        (
            LogKind.CASCADE_HELD,
            {"persons": 1, "hold": 8},
            {},
            "Kari Ek bekräftade utskick till 1 person; det startar om 8 s om ingen stoppar det.",
            "Kari Ek confirmed sending to 1 person; it starts in 8 s unless stopped.",
        ),
        (
            LogKind.CASCADE_STOOD_DOWN,
            {"nothing_sent": True, "text": "t_1"},
            {"t_1": "fel scenario"},
            "Kari Ek stoppade utskicket: fel scenario. Ingenting hade skickats.",
            "Kari Ek stopped sending: fel scenario. Nothing had been sent.",
        ),
        (
            LogKind.INCIDENT_OPENED,
            {"mode": "live", "title": "t_1"},
            {"t_1": "Rök i hallen"},
            "Kari Ek öppnade händelsen (SKARPT LÄGE): Rök i hallen.",
            "Kari Ek opened the incident (LIVE): Rök i hallen.",
        ),
        (
            LogKind.VALUE_ERASED,
            {"decision": "DNR 7", "refs": ["p_1"]},
            {},
            "Kari Ek raderade uppgifter om Anna enligt beslut DNR 7.",
            "Kari Ek erased values about Anna under decision DNR 7.",
        ),
        (
            LogKind.DELIVERY_MOVED,
            {"from": "waiting", "to": "unreached", "reason": "no_answer"},
            {},
            "Anna: gick inte att nå: inget svar i tid.",
            "Anna: could not be reached: no answer in time.",
        ),
        (
            LogKind.CASCADE_PREPARED,
            {"kind": "alert", "persons": 2, "changed": ["scenarios/brand.yaml"]},
            {},
            "Kari Ek förberedde larm till 2 personer; ändrat sedan scenariot antogs: "
            "scenarios/brand.yaml.",
            "Kari Ek prepared alert to 2 persons; changed since the scenario was adopted: "
            "scenarios/brand.yaml.",
        ),
    ],
)
def test_an_entry_is_told_in_the_readers_language(
    recorded: Recorded,
    kind: LogKind,
    codes: dict[str, Code],
    values: dict[str, str],
    swedish: str,
    english: str,
) -> None:
    recorded.log(kind, subject="Anna", codes=codes, values={**values, OFFICER: OFFICER_VALUE})
    assert _told(recorded, "sv")[-1].text == swedish
    assert _told(recorded, "en")[-1].text == english
    assert _told(recorded, "de")[-1].text == english


def test_an_answer_is_told_with_who_gave_it(recorded: Recorded) -> None:
    assert "Anna answered: coming." in [line.text for line in _told(recorded, "en")]


def test_a_few_people_are_named_and_many_are_counted(recorded: Recorded) -> None:
    ref = recorded.refs["Anna"]
    codes: dict[str, Code] = {"wave": "ledning", "channel": "sms", "attempts": {ref: 1}}
    recorded.log(LogKind.ATTEMPTS_STARTED, codes=codes, actor="engine")
    assert _told(recorded, "sv")[-1].text == ("1 försök på sms påbörjades i vågen ledning (Anna).")
    codes["attempts"] = {f"p_{n}": 1 for n in range(9)}
    recorded.log(LogKind.ATTEMPTS_STARTED, codes=codes, actor="engine")
    assert _told(recorded, "sv")[-1].text == "9 försök på sms påbörjades i vågen ledning."


def test_an_erased_person_is_told_by_reference(recorded: Recorded) -> None:
    ref = recorded.refs["Anna"]
    with recorded.ledger.write() as tx:
        refs = values_about(tx, recorded.incident.id, ref)
        erase_values(tx, recorded.incident.id, ref, refs)
    told = [line.text for line in _told(recorded, "en")]
    assert f"{ref} answered: coming." in told
    assert not any("Anna" in text for text in told)


@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize("kind", list(LogKind))
def test_every_kind_is_a_sentence_even_with_codes_nobody_knows(
    recorded: Recorded, kind: LogKind, lang: str
) -> None:
    recorded.log(kind, subject="Anna", codes={"surprise": 1})
    text = _told(recorded, lang)[-1].text
    assert text.startswith(OFFICER) or text[0] == text[0].upper()
    assert "{" not in text


def test_both_languages_tell_the_same_things() -> None:
    assert set(_TEMPLATES["sv"]) == set(_TEMPLATES["en"])
    assert {kind.value for kind in LogKind} <= set(_TEMPLATES["sv"])


def test_a_text_with_braces_is_told_as_it_is(recorded: Recorded) -> None:
    recorded.log(
        LogKind.NOTE, codes={"kind": "note", "text": "t_1"}, values={"t_1": "{who} {0} %s"}
    )
    assert "{who} {0} %s" in _told(recorded, "sv")[-1].text


def test_times_are_kept_beside_the_sentence(ledger: Ledger) -> None:
    recorded = record(ledger, [], mode=IncidentMode.DRILL)
    recorded.log(LogKind.NOTE, seconds=5, codes={"kind": "note"})
    (line,) = _told(recorded, "sv")
    assert (line.kind, line.incident) == (LogKind.NOTE, recorded.incident.id)
    assert line.happened_at.second == 5
