"""`ack` and `sheet`: answers by mouth, the list to call from, and the answers written on it."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from beredskap.cli.commands.alert import Id, done_with
from beredskap.cli.desk_of import here
from beredskap.cli.exit_codes import DONE, NO
from beredskap.cli.output import print_json

_INCIDENT = re.compile(r"# \S+ (\S+)")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(ack)
    app.command()(sheet)


def ack(
    incident: Annotated[str | None, typer.Argument(metavar="ID", help="Or --sheet.")] = None,
    person: Annotated[str | None, typer.Argument(metavar="PERSON", help="Their id.")] = None,
    answer: Annotated[str | None, typer.Option(help="What the person answered.")] = None,
    by: Annotated[str | None, typer.Option(help="Who took the answer.")] = None,
    sheet: Annotated[Path | None, typer.Option(help="A call sheet with answers.")] = None,
) -> int:
    """Record an answer given by mouth, or those on a call sheet."""
    from beredskap.errors import UsageError

    if sheet is not None:
        return _take(sheet, incident, by)
    if incident is None or person is None or answer is None:
        raise UsageError("Write ack ID PERSON --answer TEXT, or ack --sheet FILE.")
    here.desk.acknowledge(here.actor, incident, person, answer, by)
    done_with(incident)
    return DONE


def sheet(incident: Id) -> None:
    """Print everybody who has not answered, with numbers and codes; it holds personal data."""
    from beredskap.domain.wording import word

    made = here.desk.call_sheet(here.actor, incident)
    if here.given.json:
        people = [
            {
                "code": row.code,
                "person": row.person,
                "name": row.name,
                "numbers": list(row.numbers),
                "mails": list(row.mails),
                "class": row.reach.value,
            }
            for row in made.rows
        ]
        print_json({"incident": made.incident, "people": people, "script": made.script})
        return
    head = here.say("sheet_head", incident=made.incident, title=made.title, count=len(made.rows))
    print(head)
    for line in made.script.splitlines():
        print(here.say("sheet_script", text=line))
    for row in made.rows:
        ways = ", ".join((*row.numbers, *row.mails)) or "-"
        print(f"#  {row.name}: {ways} ({word(row.reach, here.lang)})")
        print(f"{row.code} ")


def _take(file: Path, incident: str | None, by: str | None) -> int:
    """Record the answers of a sheet; exit 1 if a line could not be taken."""
    from beredskap.errors import UsageError

    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"The sheet {file} cannot be read; save it as text.") from error
    named = incident or _named_in(text)
    if named is None:
        raise UsageError(f"The sheet {file} does not say its incident; write ack ID --sheet FILE.")
    taken = here.desk.take_sheet(here.actor, named, text, by)
    for line, why in taken.left:
        told = here.say("sheet_left", line=line.number, code=line.code, why=why)
        print(told, file=sys.stderr)
    if here.given.json:
        left = [{"line": line.number, "code": line.code, "why": why} for line, why in taken.left]
        print_json({"recorded": len(taken.recorded), "left": left})
    here.tell("sheet_taken", count=len(taken.recorded))
    return NO if taken.left else DONE


def _named_in(text: str) -> str | None:
    found = _INCIDENT.match(text)
    return found[1] if found is not None else None
