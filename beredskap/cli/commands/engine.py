"""`engine run|status|stop`."""

from __future__ import annotations

from typing import Annotated

import typer

from beredskap.cli.desk_of import here
from beredskap.cli.output import print_json

engines = typer.Typer(help="The engine that sends.")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(engines, name="engine")


@engines.command("run")
def run_here(
    idle: Annotated[float | None, typer.Option(help="End after this many idle seconds.")] = None,
) -> None:
    """Run an engine here until it is stopped; one runs at a time."""
    from beredskap.wiring import run_engine

    run_engine(here.house, idle_seconds=idle)


@engines.command()
def status() -> None:
    """Say whether an engine of this workspace runs on this machine."""
    from beredskap.wiring import engine_of

    engine = engine_of(here.house)
    if here.given.json:
        print_json({"running": engine is not None, "pid": engine[0] if engine else None})
    elif engine is None:
        here.tell("engine_none")
    else:
        here.tell("engine_runs" if engine[1] else "engine_starting", pid=engine[0])


@engines.command()
def stop() -> None:
    """Stop the engine of this workspace on this machine; what is on the wire is awaited."""
    from beredskap.wiring import stop_engine_of

    was_running = stop_engine_of(here.house)
    if here.given.json:
        print_json({"stopped": was_running})
    else:
        here.tell("engine_stopped" if was_running else "engine_none")
