"""`alert …`: starting, watching, halting and deciding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from beredskap.cli.desk_of import here
from beredskap.cli.exit_codes import DONE, NO
from beredskap.cli.facts import facts_of
from beredskap.cli.output import print_json, print_lines, table

if TYPE_CHECKING:
    from beredskap.desk import Launched

alerts = typer.Typer(help="Start, watch, halt and end alerts.")
Id = Annotated[str, typer.Argument(metavar="ID", help="Id, letter or 'last'.")]
Person = Annotated[str, typer.Argument(metavar="PERSON", help="Id of the person.")]
Reason = Annotated[str | None, typer.Option("--reason", help="Why; it is logged.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(alerts, name="alert")


@alerts.command()
def start(
    scenario: Annotated[str, typer.Argument(help="Id of the scenario.")],
    confirm_count: Annotated[int, typer.Option(help="The persons the preview counts.")],
    fact: Annotated[list[str] | None, typer.Option("--fact", help="A fact, as id=value.")] = None,
    exclude: Annotated[list[str] | None, typer.Option(help="Leave a person out.")] = None,
    reason: Reason = None,
    add: Annotated[list[str] | None, typer.Option(help="Tell one person more.")] = None,
    incident: Annotated[str | None, typer.Option(help="Within a running incident.")] = None,
    hold: Annotated[int | None, typer.Option(help="Seconds before it leaves, 0–300.")] = None,
    break_glass: Annotated[
        str | None, typer.Option(help="Act alone where two persons are needed, with this reason.")
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Until the alert has ended.")] = False,
    fail_unreached: Annotated[
        bool,
        typer.Option("--fail-unreached", help="With --wait: exit 1 if somebody is not reached."),
    ] = False,
) -> int:
    """Start a live alert; it leaves when the hold has run out, unless stopped."""
    from beredskap.cli.waiting import wait_for_end
    from beredskap.domain.incident import IncidentMode
    from beredskap.domain.reach import ReachClass
    from beredskap.errors import UsageError

    if exclude and not reason:
        raise UsageError("Leaving a person out needs --reason; write why.")
    preparation = here.desk.prepare(
        scenario,
        facts_of(fact),
        mode=IncidentMode.LIVE,
        exclusions=dict.fromkeys(exclude or (), reason or ""),
        additions=tuple(add or ()),
    )
    launched = here.desk.launch(
        here.actor,
        preparation,
        confirm_count=confirm_count,
        hold_seconds=hold,
        incident_id=incident,
        break_glass=break_glass,
    )
    if not here.given.json:
        _tell_launched(launched)
    code = DONE
    if wait:
        code = wait_for_end(launched.incident)
    figures = here.desk.show(launched.incident)
    if here.given.json:
        _print_figures(launched.incident)
    if fail_unreached and code == DONE:
        code = DONE if figures.reach[ReachClass.ACKNOWLEDGED] == figures.persons else NO
    return code


def _tell_launched(launched: Launched) -> None:
    """Say what happens next: the hold, or who must approve first."""
    from beredskap.domain.approval import spelled

    told = {"letter": launched.letter, "incident": launched.incident}
    if launched.release_at is not None:
        here.tell("launched", **told, release=here.shown(launched.release_at))
    if launched.approval is not None:
        here.tell(
            "approval_needed",
            **told,
            code=spelled(launched.approval.code),
            until=here.shown(launched.approval.expires_at),
        )


def _print_figures(incident: str) -> None:
    from beredskap.review import review_json

    print_json(review_json(here.desk.show(incident)))


@alerts.command("list")
def list_alerts() -> None:
    """Show every incident, oldest first."""
    incidents = here.desk.list_incidents()
    if here.given.json:
        listed = [
            {
                "incident": one.id,
                "mode": one.mode.value,
                "scenario": one.scenario_id,
                "status": one.status.value,
                "started": one.opened_at.isoformat(),
            }
            for one in incidents
        ]
        print_json({"incidents": listed})
        return
    rows = [
        (
            one.letter,
            one.id,
            one.mode.value,
            one.status.value,
            f"{one.opened_at:%Y-%m-%d %H:%M}",
            one.title,
        )
        for one in incidents
    ]
    if rows:
        print_lines(table(rows))
    else:
        here.tell("no_incidents")


@alerts.command()
def show(incident: Id) -> None:
    """Show who was reached until now."""
    if here.given.json:
        _print_figures(incident)
        return
    from beredskap.cli.drawing import figures_lines
    from beredskap.domain.approval import spelled

    figures = here.desk.show(incident)
    for approval in here.desk.waiting_approvals():
        if approval.incident_id == figures.incident:
            here.tell(
                "approval_needed",
                letter=figures.letter,
                incident=figures.incident,
                code=spelled(approval.code),
                until=here.shown(approval.expires_at),
            )
    print_lines(figures_lines(figures, here.lang, here.house.time_zone))


@alerts.command()
def pause(incident: Id, reason: Reason = None) -> None:
    """Let nothing more leave until it is resumed."""
    here.desk.pause(here.actor, incident, reason)
    done_with(incident)


@alerts.command()
def resume(incident: Id, reason: Reason = None) -> None:
    """Go on with what is paused."""
    here.desk.resume(here.actor, incident, reason)
    done_with(incident)


@alerts.command()
def stop(incident: Id, reason: Reason = None) -> None:
    """Stand the alert down; before it left, nothing is sent."""
    stopped = here.desk.stop(here.actor, incident, reason)
    if here.given.json:
        _print_figures(incident)
        return
    key = "stopped_unsent" if stopped.nothing_was_sent else "stopped"
    here.tell(key, cancelled=stopped.cancelled)


@alerts.command()
def close(incident: Id) -> None:
    """Close an incident whose alerts have ended."""
    here.desk.close(here.actor, incident)
    done_with(incident)


@alerts.command()
def exclude(incident: Id, person: Person, reason: Reason = None) -> None:
    """Send nothing more to a person."""
    here.desk.exclude(here.actor, incident, person, reason or "")
    done_with(incident)


@alerts.command()
def add(incident: Id, person: Person) -> None:
    """Tell one more person."""
    here.desk.add(here.actor, incident, person)
    done_with(incident)


@alerts.command()
def decide(
    incident: Id,
    person: Annotated[str | None, typer.Argument(metavar="PERSON", help="Or --all.")] = None,
    decision: Annotated[str | None, typer.Argument(metavar="resend|leave")] = None,
    everybody: Annotated[bool, typer.Option("--all", help="Every uncertain attempt.")] = False,
) -> None:
    """Decide about attempts whose outcome cannot be known."""
    from beredskap.errors import UsageError

    if everybody:
        person, decision = None, decision or person
    if decision is None or (person is None and not everybody):
        raise UsageError("Write alert decide ID PERSON resend|leave, or ID --all resend|leave.")
    decided = here.desk.decide(here.actor, incident, person, decision)
    if here.given.json:
        _print_figures(incident)
    else:
        here.tell("decided", count=len(decided))


def done_with(incident: str) -> None:
    """Say that it is done, or show the incident as JSON."""
    if here.given.json:
        _print_figures(incident)
    else:
        here.tell("done")
