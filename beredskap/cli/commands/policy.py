"""`policy`: the communication policy row by row, each with its verdict and evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from beredskap.cli.desk_of import here
from beredskap.cli.output import print_json, print_lines

if TYPE_CHECKING:
    from beredskap.readiness import Judgement, PolicyFigures, PolicySheet

Row = Annotated[str | None, typer.Option("--row", metavar="ID", help="One row, such as P5-20.")]
_INDENT = " " * 7
_LATEST = 20
"""So many incidents are looked at; older ones say little of how things are."""


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(policy)


def policy(row: Row = None) -> None:
    """Judge the communication policy row by row, with the evidence for each."""
    from beredskap.readiness import judge_policy

    today = datetime.now(UTC).date()
    sheet = judge_policy(here.content, today, _figures())
    if row is not None:
        sheet = _only(sheet, row)
    if here.given.json:
        print_json(_json(sheet))
    elif not here.given.quiet:
        if row is None:
            here.tell("policy_head", day=today.isoformat())
        for judgement in sheet.judgements:
            print_lines(_lines(judgement))
            if row is not None:
                print_lines(_more(judgement))
        if row is None:
            _tell_counts(sheet)
        here.tell("policy_caution")


def _figures() -> PolicyFigures | None:
    """Return what the latest incidents show; a ledger that is not there, or bad, shows nothing.

    The sheet is needed most where something is wrong, so the ledger never stops it.
    """
    from beredskap.errors import LedgerError
    from beredskap.readiness import IncidentMeasures

    file = here.house.database_file
    if file is not None and not file.exists():
        return None
    try:
        latest = here.desk.list_incidents()[-_LATEST:]
        return IncidentMeasures(
            incidents=[here.desk.show(incident.id, with_people=False) for incident in latest]
        )
    except LedgerError as error:
        typer.echo(str(error), err=True)
        return None


def _only(sheet: PolicySheet, row: str) -> PolicySheet:
    from beredskap.errors import NotFoundError

    found = [one for one in sheet.judgements if one.row.id == row.upper()]
    if not found:
        raise NotFoundError(
            f"The policy has no row '{row}'; 'beredskap policy' shows all {len(sheet.judgements)}."
        )
    return replace(sheet, judgements=found)


def _lines(judgement: Judgement) -> Iterator[str]:
    from beredskap.readiness import VERDICT_WORDS

    row, lang = judgement.row, here.lang
    word = VERDICT_WORDS[judgement.verdict].in_language(lang)
    yield f"{row.id}  {word.upper()}  {row.says.in_language(lang)}"
    yield f"{_INDENT}{judgement.evidence.in_language(lang)}"


def _more(judgement: Judgement) -> Iterator[str]:
    """Yield what one row tells besides: its place, its kinds, and all that is lacking."""
    row, lang = judgement.row, here.lang
    told = [here.say("policy_place", place=row.place.in_language(lang), type=row.type)]
    if row.measures is not None:
        told.append(here.say("policy_measures", what=row.measures.in_language(lang)))
    yield from (f"{_INDENT}{line}" for line in told)
    yield from (f"{_INDENT}- {name}" for name in judgement.lacking)


def _tell_counts(sheet: PolicySheet) -> None:
    from beredskap.readiness import VERDICT_WORDS

    counts = ", ".join(
        f"{VERDICT_WORDS[verdict].in_language(here.lang)} {number}"
        for verdict, number in sheet.counts().items()
    )
    print()
    here.tell("policy_counts", rows=len(sheet.judgements), counts=counts)


def _json(sheet: PolicySheet) -> dict[str, object]:
    return {
        "rows": [_row_json(judgement) for judgement in sheet.judgements],
        "counts": {verdict.value: number for verdict, number in sheet.counts().items()},
        "caution": here.say("policy_caution"),
    }


def _row_json(judgement: Judgement) -> dict[str, object]:
    row, lang = judgement.row, here.lang
    return {
        "row": row.id,
        "section": row.place.in_language(lang),
        "type": row.type,
        "sentence": row.says.in_language(lang),
        "result": judgement.verdict.value,
        "evidence": judgement.evidence.in_language(lang),
        "lacking": list(judgement.lacking),
        "command": row.does.command or None if row.does is not None else None,
        "question": row.asks.in_language(lang) if row.asks is not None else None,
        "measure": row.measures.in_language(lang) if row.measures is not None else None,
    }
