"""`incident …`, `note` and `privacy`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from beredskap.cli.desk_of import here
from beredskap.cli.output import print_json

incidents = typer.Typer(help="Incidents without, or before, an alert.")
privacy = typer.Typer(help="Personal values in the ledger.")
Id = Annotated[str, typer.Argument(metavar="ID", help="Id, letter or 'last'.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(incidents, name="incident")
    app.add_typer(privacy, name="privacy")
    app.command()(note)


@incidents.command("open")
def open_incident(title: Annotated[str, typer.Argument(help="What it is about.")]) -> None:
    """Open an incident without an alert."""
    from beredskap.domain.incident import IncidentMode

    opened = here.desk.open_incident(here.actor, title, IncidentMode.LIVE)
    if here.given.json:
        print_json({"incident": opened.id, "letter": opened.letter})
    elif not here.given.quiet:
        print(f"{opened.letter}  {opened.id}  {opened.title}")


@incidents.command()
def diary(
    incident: Id, number: Annotated[str, typer.Argument(metavar="DNR", help="Diary number.")]
) -> None:
    """Set the registrar's diary number."""
    here.desk.set_diary_number(here.actor, incident, number)
    here.done()


def note(
    incident: Id,
    text: Annotated[str, typer.Argument(help="What is noted.")],
    kind: Annotated[
        str, typer.Option(help="note, decision, media, rumour, question or promise.")
    ] = "note",
    due: Annotated[datetime | None, typer.Option(help="When a promise falls due.")] = None,
) -> None:
    """Write into the log of an incident."""
    here.desk.note(here.actor, incident, text, kind, here.aware(due))
    here.done()


@privacy.command()
def erase(
    person: Annotated[str, typer.Argument(help="Id of the person.")],
    incident: Annotated[str, typer.Option(help="Id of the incident.")],
    decision: Annotated[str | None, typer.Option(help="Reference of the decision.")] = None,
) -> None:
    """Erase a person's values from an incident; without a decision only list them."""
    found = here.desk.erase(here.actor, incident, person, decision)
    if here.given.json:
        print_json({"incident": found.incident, "refs": list(found.refs), "done": found.is_done})
        return
    here.tell("erased" if found.is_done else "erase_listed", person=person, decision=decision)
