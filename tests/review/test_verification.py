from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from beredskap.domain.log import GENESIS, Code, LogKind, line_hash
from beredskap.errors import NotFoundError, UsageError
from beredskap.review.export import export_lines
from beredskap.review.verification import Verdict, read_lines, verify
from beredskap.store.ledger import Ledger
from beredskap.store.people import erase_values, values_about
from tests.review.recorded import Recorded, State, record


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Return the lines of a log with values: names, an answer with line separators, a note."""
    from beredskap.store.ledger import open_ledger
    from beredskap.store.upgrade import upgrade

    ledger = open_ledger("sqlite://")
    upgrade(ledger)
    recorded = _recorded(ledger)
    lines = list(export_lines(ledger, recorded.incident.id, with_values=True))
    ledger.close()
    return lines


def _recorded(ledger: Ledger) -> Recorded:
    people = [
        State(name="Åsa", answered_after=60, answer="kommer\u2028snart \u0085 ok"),
        State(name="Bo"),
    ]
    recorded = record(ledger, people)
    recorded.log(LogKind.NOTE, codes={"kind": "note", "text": "t_1"}, values={"t_1": "rök i hall"})
    return recorded


def _erase(recorded: Recorded, name: str, decision: str) -> None:
    ref = recorded.refs[name]
    with recorded.ledger.write() as tx:
        refs = values_about(tx, recorded.incident.id, ref)
        erase_values(tx, recorded.incident.id, ref, refs)
    codes: dict[str, Code] = {"decision": decision, "refs": list(refs)}
    recorded.log(LogKind.VALUE_ERASED, subject=name, codes=codes)


def test_an_untouched_file_is_consistent_and_says_what_it_cannot_show(exported: list[str]) -> None:
    found = verify(exported, lang="en")
    assert (found.verdict, found.first_broken_line) == (Verdict.CONSISTENT, None)
    assert found.count == json.loads(exported[-1])["count"]
    assert "cannot show" in found.text


def test_a_head_kept_elsewhere_makes_it_whole(exported: list[str]) -> None:
    head = json.loads(exported[-1])["head"]
    found = verify(exported, head.upper())
    assert (found.verdict, found.head) == (Verdict.WHOLE, head)


def test_an_earlier_head_vouches_for_what_was_before_it(exported: list[str]) -> None:
    found = verify(exported, line_hash(exported[1]), lang="en")
    assert found.verdict is Verdict.CONSISTENT
    assert "whole up to entry 2" in found.text


def test_a_cut_tail_with_a_new_trailer_is_seen_only_with_a_head(exported: list[str]) -> None:
    kept = exported[:2]
    trailer = json.dumps({"count": 2, "head": line_hash(kept[-1])}, separators=(",", ":"))
    cut = [*kept, trailer]
    assert verify(cut).verdict is Verdict.CONSISTENT
    found = verify(cut, json.loads(exported[-1])["head"])
    assert (found.verdict, found.first_broken_line) == (Verdict.BROKEN, None)


def test_a_recomputed_chain_is_seen_only_with_a_head(exported: list[str]) -> None:
    entries = [json.loads(line) for line in exported if "seq" in json.loads(line)]
    entries[0]["codes"]["people"] = []
    forged, prev = [], GENESIS
    for entry in entries:
        line = json.dumps({**entry, "prev": prev}, ensure_ascii=False, separators=(",", ":"))
        forged.append(line)
        prev = line_hash(line)
    forged.append(json.dumps({"count": len(entries), "head": prev}, separators=(",", ":")))
    assert verify(forged).verdict is Verdict.CONSISTENT
    assert verify(forged, json.loads(exported[-1])["head"]).verdict is Verdict.BROKEN


@pytest.mark.parametrize("head", ["", "abc", "g" * 64])
def test_a_head_that_cannot_be_one_is_a_usage_error(exported: list[str], head: str) -> None:
    with pytest.raises(UsageError, match="64"):
        verify(exported, head)


def _tampered(exported: list[str], tmp_path: Path, content: bytes) -> Verdict:
    path = tmp_path / "log.jsonl"
    path.write_bytes(content)
    return verify(read_lines(path)).verdict


@given(data=st.data())
@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_change_of_any_byte_is_noticed(
    exported: list[str], tmp_path: Path, data: st.DataObject
) -> None:
    whole = ("\n".join(exported) + "\n").encode()
    at = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(0, 255))
    assume(byte != whole[at])
    tampered = whole[:at] + bytes([byte]) + whole[at + 1 :]
    assert _tampered(exported, tmp_path, tampered) is Verdict.BROKEN


@given(data=st.data())
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_byte_taken_out_or_put_in_is_noticed(
    exported: list[str], tmp_path: Path, data: st.DataObject
) -> None:
    whole = ("\n".join(exported) + "\n").encode()
    at = data.draw(st.integers(0, len(whole) - 2))
    if data.draw(st.booleans()):
        tampered = whole[:at] + whole[at + 1 :]
    else:
        tampered = whole[:at] + bytes([data.draw(st.integers(0, 255))]) + whole[at:]
    assert _tampered(exported, tmp_path, tampered) is Verdict.BROKEN


def test_every_line_matters_and_so_does_its_place(exported: list[str]) -> None:
    for at in range(len(exported)):
        dropped = exported[:at] + exported[at + 1 :]
        assert verify(dropped).verdict is Verdict.BROKEN, f"line {at + 1} dropped"
        doubled = [*exported[: at + 1], exported[at], *exported[at + 1 :]]
        assert verify(doubled).verdict is Verdict.BROKEN, f"line {at + 1} doubled"
    entries = [at for at, line in enumerate(exported) if "seq" in json.loads(line)]
    for at in entries[:-1]:
        swapped = list(exported)
        swapped[at], swapped[at + 1] = swapped[at + 1], swapped[at]
        assert verify(swapped).verdict is Verdict.BROKEN, f"lines {at + 1} and {at + 2} swapped"


def test_the_first_broken_line_is_named(exported: list[str]) -> None:
    edited = [*exported]
    edited[1] = edited[1].replace("coming", "going")
    found = verify(edited, lang="en")
    assert (found.first_broken_line, found.count) == (2, 2)
    assert "Line 2" in found.text
    garbled = [*exported]
    garbled[2] = garbled[2][:-1]
    assert verify(garbled).first_broken_line == 3


def test_an_empty_file_is_broken() -> None:
    assert verify([]).verdict is Verdict.BROKEN


def test_a_log_without_entries_is_consistent() -> None:
    trailer = json.dumps({"count": 0, "head": GENESIS}, separators=(",", ":"))
    assert verify([trailer]).verdict is Verdict.CONSISTENT


@pytest.mark.parametrize(
    "line", ["[1]", "1", "null", "{}", '{"seq":1}', '{"value_of":1}', "\ud800"]
)
def test_lines_of_something_else_are_broken_not_a_crash(line: str) -> None:
    assert verify([line]).verdict is Verdict.BROKEN


def test_an_erased_person_leaves_the_chain_whole_and_the_file_redacted(ledger: Ledger) -> None:
    recorded = _recorded(ledger)
    _erase(recorded, "Åsa", "DNR 2026-17")
    lines = list(export_lines(ledger, recorded.incident.id, with_values=True))
    found = verify(lines, json.loads(lines[-1])["head"], lang="en")
    assert found.verdict is Verdict.REDACTED
    assert "DNR 2026-17" in found.text and "whole" in found.text
    assert not any("Åsa" in line or "kommer" in line for line in lines)
    assert any("Bo" in line for line in lines)


def test_a_value_missing_without_a_logged_decision_is_broken(ledger: Ledger) -> None:
    recorded = _recorded(ledger)
    with ledger.write() as tx:
        erase_values(tx, recorded.incident.id, recorded.refs["Bo"], [recorded.refs["Bo"]])
    lines = list(export_lines(ledger, recorded.incident.id, with_values=True))
    assert verify(lines).verdict is Verdict.BROKEN
    without = list(export_lines(ledger, recorded.incident.id))
    assert verify(without).verdict is Verdict.CONSISTENT


def test_a_file_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"log\.jsonl"):
        list(read_lines(tmp_path / "log.jsonl"))
