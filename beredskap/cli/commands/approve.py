"""`approve CODE`: the second person looks at what is asked, and approves or refuses it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from beredskap.cli.desk_of import here
from beredskap.cli.facts import shown_facts
from beredskap.cli.output import print_json, print_lines

if TYPE_CHECKING:
    from beredskap.domain.approval import Approval


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(approve)


def approve(
    code: Annotated[str, typer.Argument(metavar="CODE", help="The code of the launch.")],
    confirm_count: Annotated[
        int | None, typer.Option(help="The persons shown without this option.")
    ] = None,
    refuse: Annotated[str | None, typer.Option(help="Refuse it, with this reason.")] = None,
) -> None:
    """Approve another officer's alert as the second person; without a count, only show it."""
    from beredskap.domain.approval import spelled

    approval = here.desk.approval(code)
    if refuse is not None:
        here.desk.refuse_approval(here.actor, code, refuse)
        _told("approval_refused", approval)
    elif confirm_count is None:
        _show(approval)
    else:
        approved = here.desk.approve(here.actor, code, confirm_count=confirm_count)
        if approved.release_at is None:
            _told("approval_more", approval, missing=approved.approval.missing)
        else:
            _told("approval_given", approval, release=here.shown(approved.release_at))
    if here.given.json:
        print_json(
            {
                "facts": here.desk.words_of_launch(approval.incident_id)[0],
                "code": spelled(approval.code),
                "incident": approval.incident_id,
                "persons": approval.persons,
                "asked_by": approval.asked_by,
                "expires_at": approval.expires_at.isoformat(),
                "status": _status(approval),
            }
        )


def _show(approval: Approval) -> None:
    """Show what is asked: which alert, to how many, with which facts, by whom and until when."""
    from beredskap.domain.approval import spelled

    figures = here.desk.show(approval.incident_id, with_people=False)
    facts, script = here.desk.words_of_launch(approval.incident_id)
    here.tell(
        "approval_asked",
        title=figures.title,
        incident=approval.incident_id,
        persons=approval.persons,
        officer=approval.asked_by,
        until=here.shown(approval.expires_at),
    )
    if not here.given.json and not here.given.quiet:
        print(f"  {shown_facts(facts)}")
        print_lines(f"    {line}" for line in script.splitlines())
    here.tell("approval_confirm", code=spelled(approval.code), persons=approval.persons)


def _told(key: str, approval: Approval, **values: object) -> None:
    here.tell(key, incident=approval.incident_id, persons=approval.persons, **values)


def _status(approval: Approval) -> str:
    cascades = here.desk.show(approval.incident_id, with_people=False).cascades
    return next(one.status.value for one in cascades if one.id == approval.cascade_id)
