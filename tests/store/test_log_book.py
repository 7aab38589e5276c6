"""The log on disk: what is appended is sealed once, without a gap, and reads back to its seal."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from beredskap.domain.log import (
    GENESIS,
    LogEntry,
    LogKind,
    canonical,
    iso,
    line_from,
    line_hash,
)
from beredskap.store.ledger import Ledger
from beredskap.store.log_book import append, chain_head, seal, sealed_lines
from tests.store.test_guards import INCIDENT

AT = datetime(2026, 11, 23, 3, 12, tzinfo=UTC)


def entry(number: int) -> LogEntry:
    """Return an entry that differs from every other."""
    return LogEntry(
        incident_id="i",
        kind=LogKind.NOTE,
        happened_at=AT,
        actor="o_1",
        codes={"number": number, "ord": "åäö \u2028"},
        commitments={"t_1": "ab"},
    )


def fill(ledger: Ledger, count: int) -> None:
    """Open an incident with so many entries."""
    with ledger.write() as tx:
        tx.exec_driver_sql(INCIDENT.format(mode="live", status="open"))
        append(tx, [entry(number) for number in range(count)], AT)


def test_three_thousand_entries_make_one_gapless_chain(ledger: Ledger) -> None:
    fill(ledger, 3_000)
    sealed = 0
    while True:
        with ledger.write() as tx:
            part = seal(tx, "i", most=700)
        sealed += part
        if not part:
            break
    assert sealed == 3_000
    with ledger.read() as tx:
        lines, head = list(sealed_lines(tx, "i")), chain_head(tx, "i")
    prev = GENESIS
    for number, line in enumerate(lines):
        held = json.loads(line)
        assert (held["seq"], held["prev"], held["codes"]["number"]) == (number + 1, prev, number)
        prev = line_hash(line)
    assert (head.count, head.head) == (3_000, prev)


def test_an_entry_with_a_lower_number_that_comes_late_is_sealed_too(ledger: Ledger) -> None:
    fill(ledger, 1)
    with ledger.write() as tx:
        tx.execute(
            text(
                "INSERT INTO log_entry (id, incident_id, kind, happened_at, recorded_at, actor, "
                "codes, commitments) VALUES (500, 'i', 'note', 0, 0, 'o', '{}', '{}')"
            )
        )
        assert seal(tx, "i") == 2
    with ledger.write() as tx:
        tx.execute(
            text(
                "INSERT INTO log_entry (id, incident_id, kind, happened_at, recorded_at, actor, "
                "codes, commitments) VALUES (400, 'i', 'note', 0, 0, 'o', '{}', '{}')"
            )
        )
        assert seal(tx, "i") == 1
        assert seal(tx, "i") == 0


@given(
    st.dictionaries(st.text(max_size=9), st.one_of(st.text(), st.integers(), st.booleans())),
    st.one_of(st.none(), st.text()),
    st.integers(min_value=1),
)
def test_a_line_made_of_parts_is_the_canonical_line(
    codes: dict[str, str | int | bool], subject: str | None, seq: int
) -> None:
    whole = {
        "seq": seq,
        "prev": GENESIS,
        "incident": "i",
        "kind": "note",
        "happened_at": iso(AT),
        "recorded_at": iso(AT),
        "actor": "o",
        "subject": subject,
        "codes": codes,
        "commitments": {},
    }
    made = line_from(
        incident_id="i",
        kind="note",
        happened_at=iso(AT),
        recorded_at=iso(AT),
        actor="o",
        subject=subject,
        codes=canonical(codes),
        commitments="{}",
        seq=seq,
        prev=GENESIS,
    )
    assert made == canonical(whole)
