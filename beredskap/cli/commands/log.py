"""`log …` and `review`."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from beredskap.cli.desk_of import here
from beredskap.cli.exit_codes import DONE, NO
from beredskap.cli.output import print_json, print_lines

if TYPE_CHECKING:
    from beredskap.review.sentences import LogLine

_FOLLOW_SECONDS = 0.5
_VERBS = ("verify", "export")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(context_settings={"allow_interspersed_args": True})(log)
    app.command()(review)


def log(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID] | verify [FILE|ID] | export ID", help="What of the log."),
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", help="Go on as it grows.")] = False,
    head: Annotated[str | None, typer.Option(help="verify: a head kept elsewhere.")] = None,
    values: Annotated[bool, typer.Option("--values", help="export: with personal values.")] = False,
    out: Annotated[Path | None, typer.Option(help="export: into this file.")] = None,
) -> int:
    """Show the log, verify it, or export it."""
    given = list(words or ())
    if given[:1] == ["verify"]:
        return _verify(given[1:], head)
    if given[:1] == ["export"]:
        return _export(given[1:], values, out)
    if len(given) > 1:
        raise typer.BadParameter(f"'{given[1]}' is one word too many.")
    return _show(given[0] if given else None, follow)


def _show(incident: str | None, follow: bool) -> int:
    after: int | None = 0 if incident is not None else None
    told: list[dict[str, object]] = []
    while True:
        lines = here.desk.log(incident, after, lang=here.lang)
        for line in lines:
            after = line.id
            if here.given.json:
                told.append(_line_json(line))
            else:
                print(f"{here.shown(line.happened_at)}  {line.text}", flush=True)
        if here.given.json and follow:
            print_lines(json.dumps(line, ensure_ascii=False) for line in told)
            sys.stdout.flush()
            told.clear()
        if not lines and not follow:
            if here.given.json:
                print_json({"entries": told})
            return DONE
        if not lines:
            time.sleep(_FOLLOW_SECONDS)
        after = after or 0


def _line_json(line: LogLine) -> dict[str, object]:
    return {
        "incident": line.incident,
        "seq": line.seq,
        "at": line.happened_at.isoformat(),
        "kind": line.kind.value,
        "text": line.text,
    }


def _verify(given: list[str], head: str | None) -> int:
    from beredskap.review import Verdict, read_lines, verify

    if given and Path(given[0]).is_file():
        found = verify(read_lines(Path(given[0])), head, lang=here.given.lang or "sv")
    else:
        found = here.desk.verify_log(given[0] if given else "last", head, lang=here.given.lang)
    if here.given.json:
        print_json(
            {
                "verdict": found.verdict.value,
                "count": found.count,
                "head": found.head,
                "first_broken_line": found.first_broken_line,
                "text": found.text,
            }
        )
    elif not here.given.quiet:
        print(found.text)
    return NO if found.verdict is Verdict.BROKEN else DONE


def _export(given: list[str], values: bool, out: Path | None) -> int:
    lines = here.desk.export_log(given[0] if given else "last", with_values=values)
    if out is None:
        print_lines(lines)
        return DONE
    from beredskap.errors import UsageError

    try:
        with out.open("x", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
    except OSError as error:
        raise UsageError(
            f"The file {out} cannot be made ({error.strerror}); choose another name."
        ) from error
    return DONE


def review(
    incident: Annotated[str, typer.Argument(metavar="ID", help="Id, letter or 'last'.")],
    form: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
) -> int:
    """Show who was reached, and the log; exit 1 if the log is not what the plan required."""
    from beredskap.errors import UsageError
    from beredskap.review import review_json

    if form not in ("text", "json"):
        raise UsageError(f"The format '{form}' is not there; write text or json.")
    if form == "json" or here.given.json:
        differences = here.desk.audit(incident, lang=here.lang)
        told = review_json(here.desk.show(incident))
        print_json({**told, "differences": list(differences)} if differences else told)
    else:
        differences = here.desk.audit(incident, lang=here.lang)
        print(here.desk.review(incident, lang=here.given.lang))
    return NO if differences else DONE
