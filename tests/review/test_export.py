from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from beredskap.domain.log import GENESIS, LogKind, commitment
from beredskap.errors import NotFoundError
from beredskap.review.export import export_lines
from beredskap.review.verification import Verdict, verify
from beredskap.store.ledger import Ledger
from beredskap.store.log_book import chain_head
from tests.review.recorded import State, record


def test_the_log_can_be_verified_with_a_hash_function_and_nothing_else(ledger: Ledger) -> None:
    """The check a stranger would write from the description of the format."""
    recorded = record(ledger, [State(name="Anna", answered_after=5), State(name="Bo")])
    *entries, trailer = export_lines(ledger, recorded.incident.id)
    prev = GENESIS
    for number, line in enumerate(entries, start=1):
        held = json.loads(line)
        assert (held["seq"], held["prev"]) == (number, prev)
        prev = hashlib.sha256(line.encode()).hexdigest()
    assert json.loads(trailer) == {"count": len(entries), "head": prev}


def test_everything_is_sealed_first(ledger: Ledger) -> None:
    recorded = record(ledger, [State(name="Anna")])
    lines = list(export_lines(ledger, recorded.incident.id))
    recorded.log(LogKind.NOTE, codes={"kind": "note"})
    more = list(export_lines(ledger, recorded.incident.id))
    assert more[: len(lines) - 1] == lines[:-1]
    with ledger.read() as tx:
        head = chain_head(tx, recorded.incident.id)
    assert json.loads(more[-1]) == {"count": head.count, "head": head.head}


def test_more_than_one_page_of_entries_is_one_chain(ledger: Ledger) -> None:
    recorded = record(ledger, [])
    for number in range(1, 1_203):
        recorded.log(LogKind.ENGINE_STARTED, codes={"n": number})
    lines = list(export_lines(ledger, recorded.incident.id))
    assert json.loads(lines[-1])["count"] == 1_202
    assert verify(lines).verdict is Verdict.CONSISTENT


def test_without_values_the_file_names_nobody(ledger: Ledger) -> None:
    recorded = record(ledger, [State(name="Anna Berg", answered_after=5, answer="kommer")])
    whole = "\n".join(export_lines(ledger, recorded.incident.id))
    assert not any(word in whole for word in ("Anna", "anna berg", "+4670"))


def test_values_open_their_commitments(ledger: Ledger) -> None:
    recorded = record(ledger, [State(name="Anna", answered_after=5)])
    lines = [json.loads(line) for line in export_lines(ledger, recorded.incident.id, True)]
    committed: dict[str, str] = {}
    for line in lines:
        committed |= line.get("commitments", {})
    values = [line for line in lines if "value_of" in line]
    assert lines[-1]["values"] == len(values) == len(committed)
    for value in values:
        assert commitment(value["salt"], value["value"]) == committed[value["value_of"]]


@pytest.mark.parametrize(
    "act",
    [
        "UPDATE log_entry SET codes = '{}' WHERE id = 1",
        "DELETE FROM log_entry WHERE id = 1",
        "UPDATE log_seal SET hash = '0' WHERE seq = 2",
        "DELETE FROM log_seal WHERE seq = 1",
        "UPDATE personal_value SET value = '{}'",
    ],
)
def test_a_ledger_changed_behind_the_guards_exports_a_broken_log(ledger: Ledger, act: str) -> None:
    recorded = record(ledger, [State(name="Anna", answered_after=5)])
    assert verify(export_lines(ledger, recorded.incident.id, True)).verdict is Verdict.CONSISTENT
    with ledger.write() as tx:
        for (name,) in tx.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ).all():
            tx.execute(text(f"DROP TRIGGER {name}"))
        tx.execute(text("PRAGMA defer_foreign_keys=ON"))
        if act.startswith("DELETE FROM log_entry"):
            tx.execute(text("DELETE FROM log_seal WHERE entry_id = 1"))
        tx.execute(text(act))
    assert verify(export_lines(ledger, recorded.incident.id, True)).verdict is Verdict.BROKEN


def test_an_unknown_incident_is_not_found(ledger: Ledger) -> None:
    with pytest.raises(NotFoundError):
        export_lines(ledger, "20260101-9")


def test_exports_at_the_same_time_agree_on_one_chain(ledger: Ledger) -> None:
    recorded = record(ledger, [State(name=f"P{n}", answered_after=n) for n in range(40)])
    for number in range(300):
        recorded.log(LogKind.ENGINE_STARTED, codes={"n": number})
    with ThreadPoolExecutor(4) as pool:
        exports = list(
            pool.map(lambda _: list(export_lines(ledger, recorded.incident.id)), range(4))
        )
    assert {export[-1] for export in exports} == {exports[0][-1]}
    assert all(verify(export).verdict is Verdict.CONSISTENT for export in exports)
