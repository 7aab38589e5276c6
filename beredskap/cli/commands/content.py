"""`scenario …` and `contact …`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from beredskap.cli.desk_of import here
from beredskap.cli.output import print_json, print_lines, table

scenarios = typer.Typer(help="The kinds of crisis prepared for.")
contacts = typer.Typer(help="The people and groups.")
ScenarioId = Annotated[str, typer.Argument(metavar="ID", help="Id of the scenario.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(scenarios, name="scenario")
    app.add_typer(contacts, name="contact")


@scenarios.command("list")
def list_scenarios() -> None:
    """Show every scenario."""
    found = here.content.scenarios.values()
    if here.given.json:
        print_json({"scenarios": [{"id": s.id, "title": s.title} for s in found]})
        return
    print_lines(table([(s.id, s.level, s.title) for s in found]))


@scenarios.command("show")
def show_scenario(scenario: ScenarioId) -> None:
    """Show a scenario: its facts, waves, steps and whether it is adopted."""
    state = here.desk.adoption_state(scenario)
    found = here.content.scenarios[scenario]
    if here.given.json:
        adopted = state.adoption.adopted_at.isoformat() if state.adoption else None
        print_json({**asdict(found), "adopted_at": adopted, "changed": list(state.changed)})
        return
    print(f"{found.title}\n{found.purpose}\n")
    for fact in found.facts:
        mark = "*" if fact.is_required else " "
        print(f" {mark} --fact {fact.id}=…  {fact.label} ({fact.type.value})")
    print()
    print_lines(f"   {wave.id}: {wave.title}" for wave in found.playbook.waves)
    print()
    print_lines(f"   {s.minute:>4} min  {s.role}: {s.text}" for s in found.playbook.steps)
    print()
    if state.adoption is None:
        here.tell("not_adopted")
        return
    at = here.shown(state.adoption.adopted_at)
    here.tell("adoption", at=at, officer=state.adoption.officer)
    if state.changed:
        here.tell("adoption_changed", files=", ".join(state.changed))


@scenarios.command()
def adopt(scenario: ScenarioId) -> None:
    """Adopt a scenario for live use, as its files are now."""
    adoption = here.desk.adopt(here.actor, scenario)
    if here.given.json:
        print_json({"scenario": scenario, "digest": adoption.digest, "officer": adoption.officer})
        return
    here.tell("adopted", scenario=scenario, officer=adoption.officer, digest=adoption.digest[:12])


@scenarios.command()
def restore(scenario: ScenarioId) -> None:
    """Put back a scenario's missing or broken files as they were when it was last used."""
    found = here.desk.restore(here.actor, scenario)
    if here.given.json:
        print_json({"files": list(found.files), "kept_at": found.kept_at.isoformat()})
        return
    at = here.shown(found.kept_at)
    here.tell("restored", scenario=scenario, at=at, files=", ".join(found.files))


@contacts.command("list")
def list_contacts() -> None:
    """Show every person, without numbers or addresses."""
    people = [p for p in here.content.directory.people.values() if not p.is_protected]
    if here.given.json:
        listed = [{"id": p.id, "name": p.name, "unit": p.unit, "roles": p.roles} for p in people]
        print_json({"people": listed})
        return
    print_lines(table([(p.id, p.name, p.unit or "", " ".join(p.roles)) for p in people]))


@contacts.command("show")
def show_contact(person: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Show one person."""
    from beredskap.errors import NotFoundError

    found = here.content.directory.people.get(person)
    if found is None or found.is_protected:
        raise NotFoundError(f"There is no person '{person}'; 'beredskap contact list' shows all.")
    if here.given.json:
        print_json(asdict(found))
        return
    print(f"{found.id}  {found.name}  {found.unit or ''}  {' '.join(found.roles)}".rstrip())
    print_lines(f"  {point.channel.value}  {point.address}" for point in found.contact_points)
