"""`alert update|false-alarm|all-clear`: telling everybody who may have been told what is so now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from beredskap.cli.commands.alert import Id, alerts
from beredskap.cli.desk_of import here
from beredskap.cli.exit_codes import DONE
from beredskap.cli.facts import facts_of, shown_facts
from beredskap.cli.output import print_json, print_lines

if TYPE_CHECKING:
    from beredskap.desk import Correction

Facts = Annotated[list[str] | None, typer.Option("--fact", help="A new fact, as id=value.")]
Count = Annotated[int | None, typer.Option(help="The persons shown without this option.")]
Wait = Annotated[bool, typer.Option("--wait", help="Until it has been sent.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module; they hang under `alert`."""


@alerts.command()
def update(
    incident: Id, fact: Facts = None, confirm_count: Count = None, wait: Wait = False
) -> int:
    """Tell everybody who may have been told what has changed; without a count, only show it."""
    return _correct("update", incident, fact, confirm_count, wait=wait)


@alerts.command("false-alarm")
def false_alarm(
    incident: Id, fact: Facts = None, confirm_count: Count = None, wait: Wait = False
) -> int:
    """Tell everybody who may have been told that it was not so; what has not left is cancelled."""
    return _correct("false_alarm", incident, fact, confirm_count, wait=wait)


@alerts.command("all-clear")
def all_clear(
    incident: Id, fact: Facts = None, confirm_count: Count = None, wait: Wait = False
) -> int:
    """Tell everybody who may have been told that it is over; what has not left is cancelled."""
    return _correct("all_clear", incident, fact, confirm_count, wait=wait)


def _correct(
    kind: str, incident: str, fact: list[str] | None, confirm_count: int | None, *, wait: bool
) -> int:
    from beredskap.cli.waiting import wait_for_end
    from beredskap.domain.cascade import CascadeKind
    from beredskap.review import review_json

    correction = here.desk.prepare_correction(incident, CascadeKind(kind), facts_of(fact))
    if confirm_count is None:
        _show(correction, fact)
        return DONE
    launched = here.desk.correct(here.actor, correction, confirm_count=confirm_count)
    here.tell("correction_sent", incident=launched.incident, letter=launched.letter)
    code = wait_for_end(launched.incident) if wait else DONE
    if here.given.json:
        print_json(review_json(here.desk.show(launched.incident)))
    return code


def _show(correction: Correction, fact: list[str] | None) -> None:
    """Show to whom a correction would go and its words; nothing is sent."""
    from beredskap.domain.wording import word

    command = correction.kind.value.replace("_", "-")
    if here.given.json:
        print_json(correction.to_json())
        return
    incident = correction.incident
    here.tell(
        "correction_persons",
        kind=word(correction.kind, here.lang),
        letter=incident.letter,
        incident=incident.id,
        persons=correction.persons,
    )
    here.tell("correction_untouched", count=correction.untouched)
    for message in correction.messages:
        body = message.body
        size = f"{message.encoding} {message.segments}" if message.encoding else ""
        print(f"\n  {body.channel.value} {body.language} {size}".rstrip())
        print_lines(f"    {line}" for line in [body.subject, *body.text.splitlines()] if line)
    print()
    facts = shown_facts(facts_of(fact))
    here.tell(
        "correction_confirm",
        command=command,
        incident=incident.id,
        facts=f"{facts} " if facts else "",
        persons=correction.persons,
    )
