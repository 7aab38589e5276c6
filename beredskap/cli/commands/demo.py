"""`demo`: a drill on the shipped content, shown while it runs and reviewed at the end."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from beredskap.cli.desk_of import here
from beredskap.cli.output import print_json


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(demo)


def demo(
    seed: Annotated[int, typer.Option(help="The same seed gives the same drill.")] = 1,
    keep: Annotated[Path | None, typer.Option(help="A new folder for the drill.")] = None,
) -> None:
    """Run a fire drill at a preschool with simulated people, and review it."""
    from beredskap.cli.demonstration import FACTOR, Demonstration
    from beredskap.cli.drawing import LiveTable
    from beredskap.cli.words import say
    from beredskap.review import review_json

    lang = here.given.lang or "sv"
    is_shown = not here.given.json and not here.given.quiet
    if is_shown:
        print(say("demo_first", lang, factor=FACTOR), flush=True)
    with Demonstration(seed=seed, folder=keep) as running:
        is_drawn = sys.stdout.isatty() and not here.given.plain
        table = LiveTable(lang, running.time_zone, is_drawn=is_drawn)
        for figures in running.watch():
            if is_shown:
                table.show(figures)
        figures = running.figures()
        if here.given.json:
            print_json({**review_json(figures), "workspace": str(running.folder)})
            return
        if is_shown:
            table.end()
            print(running.review(lang))
            print()
            last = say("demo_last", lang, path=running.folder, incident=figures.incident)
            print(last)
