"""`init`, `check`, `preview`, `doctor`, `db`, and what `beredskap` alone shows."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from beredskap.cli.desk_of import here
from beredskap.cli.exit_codes import DONE, NO, OUTSIDE
from beredskap.cli.facts import facts_of, shown_facts
from beredskap.cli.output import print_json, print_lines

Facts = Annotated[list[str] | None, typer.Option("--fact", help="A fact, as id=value.")]
database = typer.Typer(help="The ledger's tables.")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(init)
    app.command()(check)
    app.command()(preview)
    app.command()(doctor)
    app.add_typer(database, name="db")


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The new workspace.")],
    group: Annotated[str | None, typer.Option(help="Group that shares the ledger.")] = None,
) -> None:
    """Make a new workspace from the shipped content."""
    from beredskap.cli.words import say
    from beredskap.library import copy_shipped
    from beredskap.wiring import share_with_group

    copy_shipped(folder)
    if group is not None:
        share_with_group(folder, group)
    if here.given.json:
        print_json({"workspace": str(folder)})
    elif not here.given.quiet:
        print(say("workspace_made", here.given.lang or "sv", path=shlex.quote(str(folder))))


def check(
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail too.")] = False,
) -> int:
    """Show every problem in the content; exit 1 if there are errors."""
    from beredskap.domain.problem import Severity
    from beredskap.library import tracked_files
    from beredskap.readiness import check as check_content

    content = here.content
    verdict = check_content(
        content,
        datetime.now(UTC).date(),
        adopted=_adopted(content.scenarios),
        tracked=tracked_files(content.root),
    )
    problems = verdict.problems
    counts = {
        "errors": sum(problem.severity is Severity.ERROR for problem in problems),
        "warnings": sum(problem.severity is Severity.WARNING for problem in problems),
        "silenced": len(verdict.silenced),
    }
    if here.given.json:
        listed = [
            {
                "file": problem.file,
                "line": problem.line,
                "rule": problem.rule,
                "severity": problem.severity.value,
                "text": problem.text,
            }
            for problem in problems
        ]
        print_json({"problems": listed, "counts": counts})
    elif not here.given.quiet:
        print_lines(
            f"{problem.file}:{problem.line}  {problem.severity.value}  {problem.rule}  "
            f"{problem.text}"
            for problem in problems
        )
        here.tell("check_counts" if problems else "check_clean", **counts)
    is_bad = counts["errors"] or (strict and counts["warnings"])
    return NO if is_bad else DONE


def _adopted(scenarios: Collection[str]) -> list[str]:
    """Return the scenarios adopted for live use; none where there is no ledger to ask.

    Content is checked without a ledger too, and none is made for it.
    """
    from beredskap.errors import BeredskapError
    from beredskap.settings import CONFIGURATION_FILE, STATE_FOLDER

    root = here.content.root
    places = (root / STATE_FOLDER, root / CONFIGURATION_FILE)
    if "BEREDSKAP_DATABASE_URL" not in os.environ and not any(place.exists() for place in places):
        return []
    try:
        file = here.house.database_file
        if file is not None and not file.is_file():
            return []
        return [s for s in scenarios if here.desk.adoption_state(s).adoption is not None]
    except BeredskapError:
        return []


def preview(
    scenario: Annotated[str, typer.Argument(help="Id of the scenario.")],
    fact: Facts = None,
    drill: Annotated[bool, typer.Option("--drill", help="As a drill, with its marks.")] = False,
) -> None:
    """Show who would hear what, when and at what cost; nothing is sent."""
    from beredskap.domain.incident import IncidentMode
    from beredskap.domain.wording import opening_in_words

    mode = IncidentMode.DRILL if drill else IncidentMode.LIVE
    found = here.desk.prepare(scenario, facts_of(fact), mode=mode)
    if here.given.json:
        print_json(found.to_json())
        return
    here.tell("preview_persons", title=found.scenario.title, persons=found.persons)
    for planned in found.plan.waves:
        wave = planned.wave
        opens = opening_in_words(wave.opening, here.lang)
        here.tell(
            "preview_wave",
            wave=wave.id,
            title=wave.title,
            persons=len(planned.deliveries),
            opens=opens,
        )
    for message in found.messages:
        body = message.body
        size = f"{message.encoding} {message.segments}" if message.encoding else ""
        print(f"\n  {body.channel.value} {body.language} {size}".rstrip())
        print_lines(f"    {line}" for line in [body.subject, *body.text.splitlines()] if line)
    if found.unreachable:
        print()
        here.tell("preview_unreachable")
        print_lines(f"  {row.person}  {row.name}  {row.reason.value}" for row in found.unreachable)
    print()
    here.tell("preview_duplicates", count=len(found.duplicates))
    seconds = max(found.estimate.seconds_by_wave.values(), default=0)
    here.tell("preview_cost", segments=found.estimate.segments, seconds=f"{seconds:.0f}")
    print_lines(f"{problem.file}:{problem.line} {problem.text}" for problem in found.problems)
    facts = shown_facts(found.facts)
    here.tell("preview_confirm", scenario=scenario, facts=facts, persons=found.persons)


def doctor() -> int:
    """Check settings, ledger, providers, clock, disk and engine; nothing is sent."""
    from beredskap.wiring import engine_of

    house = here.house
    routes = house.check_routes()
    engine = engine_of(house)
    free = shutil.disk_usage(house.workspace).free // 1_000_000
    is_ready = all(route.is_ready for route in routes)
    if here.given.json:
        print_json(
            {
                "ledger": house.ledger.address,
                "now": house.clock.now().isoformat(),
                "clock_factor": house.clock.factor,
                "engine": engine is not None,
                "free_megabytes": free,
                "routes": [
                    {"route": route.route, "ready": route.is_ready, "text": route.text}
                    for route in routes
                ],
            }
        )
        return DONE if is_ready else OUTSIDE
    here.tell("doctor_settings")
    here.tell("doctor_ledger", address=house.ledger.address)
    factor = house.clock.factor
    pace = here.say("doctor_pace_real" if factor == 1 else "doctor_pace", factor=factor)
    here.tell("doctor_clock", now=f"{house.clock.now():%Y-%m-%d %H:%M:%S} UTC", pace=pace)
    here.tell("doctor_disk", megabytes=free)
    text = here.say("engine_none" if engine is None else "engine_runs", pid=engine and engine[0])
    here.tell("doctor_engine", text=text)
    for route in routes:
        key = "doctor_route_ok" if route.is_ready else "doctor_route_bad"
        here.tell(key, route=route.route, text=route.text)
    if not routes:
        here.tell("doctor_no_routes")
    if house.settings.smtp.host and not house.settings.imap.host:
        here.tell("doctor_no_mailbox")
    return DONE if is_ready else OUTSIDE


@database.command("upgrade")
def upgrade_database() -> None:
    """Bring the ledger's tables to this program's version."""
    here.house.upgrade()
    here.done()


@database.command("check")
def check_database() -> None:
    """Check the ledger's version and its guards."""
    _ = here.house.ledger
    here.done()


def show_status() -> None:
    """Show the running incidents of this workspace, and where help is."""
    from beredskap.domain.incident import IncidentStatus

    running = [i for i in here.desk.list_incidents() if i.status is IncidentStatus.OPEN]
    if here.given.json:
        print_json({"running": [incident.id for incident in running]})
        return
    for incident in running:
        here.tell(
            "status_running", letter=incident.letter, incident=incident.id, title=incident.title
        )
    if not running:
        here.tell("status_none")
    here.tell("status_help")
