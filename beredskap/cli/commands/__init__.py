"""The commands by noun, and running one of them."""

from __future__ import annotations

import os
import sys

import typer

from beredskap.cli.commands import (
    alert,
    answers,
    approve,
    content,
    correction,
    demo,
    engine,
    incident,
    log,
    policy,
    template,
    workspace,
)
from beredskap.cli.desk_of import here
from beredskap.cli.exit_codes import DONE, USAGE
from beredskap.cli.given import HELP, Given

app = typer.Typer(
    name="beredskap",
    help="Crisis-communication readiness for a city district.",
    epilog=HELP,
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for _module in (
    workspace,
    policy,
    correction,
    alert,
    answers,
    approve,
    incident,
    log,
    content,
    template,
    engine,
    demo,
):
    _module.register(app)


@app.callback(invoke_without_command=True)
def _start(context: typer.Context) -> None:
    """Crisis-communication readiness for a city district."""
    if context.invoked_subcommand is None:
        _show_screens_or_status()


def _show_screens_or_status() -> None:
    """Show the screens on a terminal, the linear mode where it is asked for, else the status."""
    given = here.given
    if given.json or given.quiet:
        workspace.show_status()
    elif _wants_lines(given):
        _talk_in_lines()
    elif sys.stdin.isatty() and sys.stdout.isatty():
        from beredskap.cli.screens import run_screens

        run_screens()
    else:
        workspace.show_status()


def _wants_lines(given: Given) -> bool:
    """Say whether lines are wanted: asked for, needed by a screen reader, or all a terminal can."""
    asked = os.environ.get("ACCESSIBLE", "") not in ("", "0")
    return given.plain or asked or os.environ.get("TERM") == "dumb"


def _talk_in_lines() -> None:
    """Begin the linear mode; where no answer can come or no question be seen, show the status."""
    from beredskap.cli.linear.reader import is_readable

    is_unseen = sys.stdin is not None and sys.stdin.isatty() and not sys.stdout.isatty()
    if is_unseen or not is_readable(0):
        workspace.show_status()
        return
    from beredskap.cli.linear import run_lines
    from beredskap.cli.screens import OfficeHere

    raise typer.Exit(run_lines(OfficeHere(here.house), here.lang))


def run_command(given: Given, arguments: list[str]) -> int:
    """Run a command with the options given and return its exit code."""
    here.given = given
    try:
        result = app(args=arguments, prog_name="beredskap", standalone_mode=False)
    except typer.Exit as ended:
        return ended.exit_code
    except SystemExit:  # the library's own way to end when a reader of the output has gone away
        return DONE
    except typer.Abort:
        return USAGE
    except Exception as error:
        shown = getattr(error, "format_message", None)
        if shown is None:
            raise
        typer.echo(_usage_sentence(error, shown()), err=True)
        return USAGE
    return result if isinstance(result, int) else DONE


def _usage_sentence(error: Exception, said: str) -> str:
    """Return what was written wrongly as a sentence, and where its help is."""
    context = getattr(error, "ctx", None)
    path = "beredskap" if context is None else context.command_path
    mark = "" if said.endswith(("?", ".")) else "."
    return f"{' '.join(said.split())}{mark} See '{path} --help'."
