"""The register of what steers: it may be missing, and a fault costs its field and no alert."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from beredskap.domain.governance import DocumentKind, Governance, MeetingKind
from beredskap.library import problems_for, read_workspace
from tests.content.shipped import content
from tests.library.conftest import Write

FILE = "contact_lists/governance.yaml"
REGISTER = """\
documents:
  - {id: policy, title: P, kind: policy, reviewed: 2026-01-01, rests_on: staden, known_in: [eken]}
meetings:
  - {kind: work, name: Möte, units: [eken], interval_days: 7, last: 2026-11-20, agenda: [D]}
channel_tests: {eken: 2026-10-01}
letter_headings: [Mål]
advertisements:
  - {month: 2026-12, text: Hej, book_by: 2026-11-30}
values:
  - {name: Öppenhet, said_as: fråga oss}
"""


def test_a_workspace_without_the_register_is_whole(workspace: Path) -> None:
    found = read_workspace(workspace)
    assert found.governance == Governance()
    assert found.problems == ()


def test_the_register_is_read(written: Write) -> None:
    found = written(FILE, REGISTER)
    assert found.problems == ()
    document = found.governance.documents["policy"]
    assert (document.kind, document.rests_on) == (DocumentKind.POLICY, "staden")
    assert (document.reviewed_on, document.review_interval_days) == (date(2026, 1, 1), 365)
    assert document.known_in == ("eken",)
    (meeting,) = found.governance.meetings
    assert (meeting.kind, meeting.last_on) == (MeetingKind.WORK, date(2026, 11, 20))
    assert found.governance.channel_tests == {"eken": date(2026, 10, 1)}
    assert found.governance.letter_headings == ("Mål",)
    (advertisement,) = found.governance.advertisements
    assert (advertisement.month, advertisement.is_booked) == ("2026-12", False)
    assert [value.said_as for value in found.governance.values] == ["fråga oss"]


def test_a_wrong_field_is_a_problem_with_its_line_and_the_others_stay(written: Write) -> None:
    found = written(FILE, REGISTER.replace("last: 2026-11-20", "last: i fredags"))
    (problem,) = found.problems
    assert (problem.file, problem.line) == (FILE, 4)
    assert found.governance.meetings == ()
    assert found.governance.documents


def test_a_broken_register_stops_no_alert(written: Write) -> None:
    found = written(FILE, "documents: [")
    assert found.problems
    assert found.governance == Governance()
    assert problems_for(found, "prov") == ()


def test_the_shipped_register_names_only_units_that_are_there() -> None:
    shipped, units = content().governance, set(content().directory.units)
    named = {unit for meeting in shipped.meetings for unit in meeting.units}
    named |= {unit for document in shipped.documents.values() for unit in document.known_in}
    assert named | set(shipped.channel_tests) <= units
    rests_on = {one.rests_on for one in shipped.documents.values()} - {None}
    assert rests_on <= set(shipped.documents)
