"""The log as a file: the exact sealed lines, and a trailer that says where the chain ends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice

from beredskap.review.verification import canonical
from beredskap.store.cases import read_incident
from beredskap.store.ledger import Ledger, Transaction
from beredskap.store.log_book import chain_head, sealed_lines
from beredskap.store.personal import read_salted
from beredskap.store.sealing import seal_all

_PAGE = 500


def export_lines(ledger: Ledger, incident_id: str, with_values: bool = False) -> Iterator[str]:
    """Yield an incident's log line by line, without line ends; everything is sealed first.

    Values (names, addresses, answers, texts) follow the entries only when asked for; without them
    the file holds no personal data and verifies just as well.

    Raises:
        NotFoundError: there is no such incident.
    """
    with ledger.read() as tx:
        incident = read_incident(tx, incident_id)
    seal_all(ledger, incident.id)
    return _lines(ledger, incident.id, with_values=with_values)


def value_line(ref: str, salt: str, value: str) -> str:
    """Return the line that opens one commitment of the log."""
    return canonical({"value_of": ref, "salt": salt, "value": value})


def _lines(ledger: Ledger, incident_id: str, *, with_values: bool) -> Iterator[str]:
    with ledger.read() as tx:
        head = chain_head(tx, incident_id)
        refs: dict[str, None] = {}
        for line in sealed_lines(tx, incident_id):
            if with_values:
                refs.update(dict.fromkeys(json.loads(line)["commitments"]))
            yield line
        trailer: dict[str, object] = {"count": head.count, "head": head.head}
        if with_values:
            count = 0
            for line in _value_lines(tx, refs):
                count += 1
                yield line
            trailer["values"] = count
        yield canonical(trailer)


def _value_lines(tx: Transaction, refs: dict[str, None]) -> Iterator[str]:
    remaining = iter(refs)
    while page := list(islice(remaining, _PAGE)):
        held = read_salted(tx, page)
        for ref in page:
            if ref in held:
                yield value_line(ref, *held[ref])
