"""`template …`; measuring a text needs nothing but the text."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Annotated

import typer

from beredskap.cli.desk_of import here
from beredskap.cli.output import print_json, print_lines, table

templates = typer.Typer(help="The prewritten texts.")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(templates, name="template")


@templates.command("list")
def list_templates() -> None:
    """Show every template."""
    found = here.content.templates.values()
    if here.given.json:
        print_json({"templates": [{"id": t.id, "purpose": t.purpose} for t in found]})
        return
    print_lines(table([(t.id, t.purpose) for t in found]))


@templates.command("show")
def show_template(template: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Show a template's sources."""
    from beredskap.errors import NotFoundError

    found = here.content.templates.get(template)
    if found is None:
        raise NotFoundError(
            f"There is no template '{template}'; 'beredskap template list' shows them all."
        )
    sources = {f"{c.value}.{language}": s for (c, language), s in sorted(found.sources.items())}
    if here.given.json:
        print_json({"id": found.id, "purpose": found.purpose, "sources": sources})
        return
    for name, source in sources.items():
        print(f"--- {name}\n{source.strip()}\n")


@templates.command()
def measure(
    text: Annotated[str | None, typer.Argument(help="The text, or - for standard input.")] = None,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="A JSON string a line in, an object a line out.")
    ] = False,
) -> None:
    """Say encoding, parts, what forces the costlier encoding, and readability."""
    if jsonl:
        for line in sys.stdin:
            if line.strip():
                print(json.dumps(_measured(json.loads(line)), ensure_ascii=False))
        return
    held = sys.stdin.read() if text in (None, "-") else text
    found = _measured((held or "").removesuffix("\n"))
    if here.given.json:
        print_json(found)
        return
    print_lines(_lines(found))


def _measured(text: str) -> dict[str, object]:
    from beredskap.domain.readability import lix
    from beredskap.domain.sms import measure as measure_sms

    found, readable = measure_sms(text), lix(text)
    return {
        "encoding": found.encoding.value,
        "segments": found.segments,
        "units": found.units,
        "forcing": list(found.forcing),
        "lix": None if readable.lix is None else round(readable.lix, 1),
    }


def _lines(found: dict[str, object]) -> Iterator[str]:
    for key in ("encoding", "segments", "units", "forcing", "lix"):
        value = found[key]
        yield f"{key:<9} {' '.join(value) if isinstance(value, list) else value}"
