"""The shipped content, read once, with example facts and the plans that follow from them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from functools import cache
from itertools import product
from pathlib import Path

from beredskap.domain.channel import Channel
from beredskap.domain.incident import IncidentMode
from beredskap.domain.message import Body, MessageTemplate
from beredskap.domain.plan import Plan, plan_waves
from beredskap.domain.scenario import Scenario
from beredskap.library import (
    Content,
    check_facts,
    freeze_bodies,
    longest_facts,
    read_workspace,
    shortest_facts,
    templates_of,
)

ROOT = Path(__file__).parents[2]
FOLDERS = ("scenarios", "contact_lists", "message_templates")
TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 14, 10, tzinfo=UTC)

EXAMPLES: dict[str, dict[str, str]] = {
    "brand-forskola": {
        "enhet": "eken",
        "klockslag": "14.05",
        "plats": "Vasaparken",
        "barn": "Alla barn är ute.",
        "mote": "14.30",
        "nasta": "15.00",
    },
    "elavbrott": {
        "omrade": "Vasastan",
        "klockslag": "18.10",
        "mote": "18.40",
        "nasta": "19.00",
    },
    "generisk": {"enhet": "eken", "klockslag": "14.05", "nasta": "14.45"},
    "pagaende-dodligt-vald": {
        "enhet": "eken",
        "plats": "Odenplan",
        "klockslag": "14.05",
        "rad": "Stanna inne och lås.",
        "mote": "14.20",
        "nasta": "14.45",
    },
    "brand-boende": {
        "enhet": "linden",
        "klockslag": "02.10",
        "plats": "Dalagatan 1",
        "mote": "02.40",
        "nasta": "02.50",
    },
    "skyfall": {
        "enhet": "eken",
        "plats": "Karlbergsvägen",
        "klockslag": "16.20",
        "mote": "16.50",
        "nasta": "17.15",
    },
    "barn-saknas": {
        "enhet": "eken",
        "klockslag": "10.25",
        "mote": "11.00",
        "nasta": "11.30",
    },
    "smitta-aldreboende": {
        "enhet": "linden",
        "klockslag": "09.40",
        "mote": "10.30",
        "nasta": "17.00",
    },
    "hemtjanst-personalbrist": {
        "klockslag": "06.30",
        "samling": "Dalagatan 1",
        "mote": "07.15",
        "nasta": "08.00",
    },
    "lss-olycka": {
        "enhet": "almen",
        "klockslag": "21.40",
        "mote": "22.10",
        "nasta": "22.30",
    },
    "hot-socialtjanst": {
        "enhet": "kontoret-radmannen",
        "klockslag": "09.50",
        "rad": "Lås och stanna inne.",
        "mote": "10.15",
        "nasta": "10.30",
    },
    "terrordad": {
        "plats": "Sergels torg",
        "klockslag": "14.50",
        "mote": "15.15",
        "nasta": "16.00",
    },
    "barn-avlider": {
        "enhet": "eken",
        "klockslag": "08.40",
        "mote": "09.30",
        "nasta": "11.00",
    },
    "vatten": {
        "omrade": "Vasastan",
        "klockslag": "06.20",
        "mote": "07.00",
        "nasta": "08.00",
    },
    "it-haveri": {
        "klockslag": "09.40",
        "mote": "10.10",
        "nasta": "11.00",
    },
    "desinformation": {
        "klockslag": "08.15",
        "mote": "09.00",
        "nasta": "12.00",
    },
    "varmebolja": {
        "klockslag": "11.30",
        "slut": "fredag",
        "mote": "13.00",
        "nasta": "10.00",
    },
    "dataintrang": {
        "klockslag": "09.40",
        "mote": "10.15",
        "nasta": "12.00",
    },
    "forsvunnen-brukare": {
        "enhet": "linden",
        "omrade": "Vasastan",
        "klockslag": "16.40",
        "plats": "Vasaparken",
        "mote": "17.15",
        "nasta": "17.45",
    },
    "parklek-olycka": {
        "plats": "Vasaparken",
        "klockslag": "14.10",
        "mote": "14.45",
        "nasta": "15.15",
    },
    "lokaler": {
        "enhet": "eken",
        "klockslag": "10.05",
        "plats": "Vasaparken",
        "mote": "10.40",
        "nasta": "11.00",
    },
    "dodsfall-medarbetare": {
        "enhet": "eken",
        "klockslag": "12.40",
        "mote": "13.15",
        "nasta": "15.30",
    },
}
"""Scenario → the fewest facts that make a sensible launch."""
SCENARIOS = sorted(EXAMPLES)
FORBIDDEN = (
    "social", "diagnos", "sjukdom", "demens", "missbruk", "lss", "biståndsbeslut", "brukare",
    "klient", "orosanmäl", "omhändertag", "hemtjänst", "äldreomsorg", "äldreboende",
    "handläggare", "god man", "funktionsned", "personnummer", "död", "eventuellt", "föreligger",
    "avseende", "gällande", "vederbörande", "ingen fara", "home care", "elder", "dementia",
    "disab", "addict", "client", "illness", "case worker", "care home", "dead", "died", "death",
)  # fmt: skip
"""Words no text may hold: they tell of a person's need, frighten, or are not plain."""
FICTITIOUS_NUMBER = re.compile(r"\+467017406(?:0[5-9]|[1-9]\d)")


@cache
def content() -> Content:
    """Return everything that is shipped."""
    return read_workspace(ROOT)


def scenario(scenario_id: str) -> Scenario:
    """Return a shipped scenario."""
    return content().scenarios[scenario_id]


def launch_facts(scenario_id: str) -> dict[str, str]:
    """Return the example's facts, completed with the defaults."""
    return check_facts(scenario(scenario_id), content().directory, EXAMPLES[scenario_id])


def measuring_facts(scenario_id: str) -> Iterator[dict[str, str]]:
    """Yield the shortest, the example's and the longest facts a scenario may be launched with."""
    known, directory = scenario(scenario_id), content().directory
    yield check_facts(known, directory, shortest_facts(known, directory))
    yield launch_facts(scenario_id)
    yield longest_facts(known, directory)


def combined_facts(scenario_id: str, slots: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """Yield every combination of the choices in the slots, with the other facts full or not given.

    The choices that the text does not use keep their default, so the number stays small.
    """
    known, directory = scenario(scenario_id), content().directory
    chosen = [fact for fact in known.facts if fact.choices and fact.id in slots]
    full = longest_facts(known, directory)
    bare = check_facts(known, directory, shortest_facts(known, directory))
    for values in product(*(fact.choices for fact in chosen)):
        choices = {fact.id: value for fact, value in zip(chosen, values, strict=True)}
        yield full | choices
        yield bare | choices


def plan(scenario_id: str, mode: IncidentMode = IncidentMode.LIVE, **others: str) -> Plan:
    """Return who would be told what in the example, or with other facts in their place."""
    return plan_waves(
        scenario(scenario_id),
        content().directory,
        content().templates,
        launch_facts(scenario_id) | others,
        NOW,
        mode=mode,
    )


def uses() -> list[tuple[str, str]]:
    """Return every (scenario, template) that is used."""
    known = content().scenarios
    return sorted((s, t) for s in SCENARIOS if s in known for t in templates_of(known[s]))


def template(template_id: str) -> MessageTemplate:
    """Return a shipped template."""
    return content().templates[template_id]


def bodies(
    scenario_id: str, template_id: str, mode: IncidentMode
) -> Iterator[tuple[dict[str, str], Channel, str, Body]]:
    """Yield a template's text for every set of facts, channel and language."""
    yield from _rendered(scenario_id, template_id, mode, measuring_facts(scenario_id))


def every_body(scenario_id: str, template_id: str) -> Iterator[tuple[Channel, str, Body]]:
    """Yield a template's live text for every combination of choices, channel and language."""
    sets = combined_facts(scenario_id, template(template_id).slots)
    for _, channel, language, body in _rendered(scenario_id, template_id, IncidentMode.LIVE, sets):
        yield channel, language, body


def _rendered(
    scenario_id: str, template_id: str, mode: IncidentMode, sets: Iterable[dict[str, str]]
) -> Iterator[tuple[dict[str, str], Channel, str, Body]]:
    for facts in sets:
        frozen = freeze_bodies(
            template(template_id),
            scenario(scenario_id),
            content().directory,
            facts,
            mode,
            channels=tuple(Channel),
        )
        for (channel, language), body in frozen.items():
            yield facts, channel, language, body


def shipped_files() -> list[Path]:
    """Return every shipped file."""
    return sorted(p for folder in FOLDERS for p in (ROOT / folder).rglob("*") if p.is_file())
