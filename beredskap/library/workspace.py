"""Reading a whole workspace: everything that can be read, with every problem found on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from beredskap.domain.audience import FACT_PREFIX, unknown_names
from beredskap.domain.governance import Governance
from beredskap.domain.message import MessageTemplate
from beredskap.domain.problem import Problem, Severity, Silence
from beredskap.domain.scenario import Scenario
from beredskap.domain.stakeholder import Directory
from beredskap.errors import ConfigurationError
from beredskap.library import contact_lists, message_templates, scenarios
from beredskap.library.contact_lists import read_directory
from beredskap.library.governance import read_governance
from beredskap.library.message_templates import read_templates
from beredskap.library.organisation import UNNAMED
from beredskap.library.scenarios import read_scenarios
from beredskap.library.sources import Reading

FOLDERS = (scenarios.FOLDER, contact_lists.FOLDER, message_templates.FOLDER)
_ROW_RULES = ("people.", "csv.too_many_cells", "csv.unclosed_quote", "roster.", "units.")
"""Problems of single rows: the row is shown as it is, and no alert waits for it."""
_FILE_RULES = ("file.", "yaml.syntax", "yaml.not_a_mapping", "yaml.too_large")
"""Problems that take a whole file away."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Content:
    """Everything that lies in a workspace's files."""

    root: Path
    directory: Directory
    scenarios: Mapping[str, Scenario]
    templates: Mapping[str, MessageTemplate]
    governance: Governance = field(default_factory=Governance)
    problems: tuple[Problem, ...] = ()
    digests: Mapping[str, str] = field(default_factory=dict)
    """Path → SHA-256 of every file read."""
    contents: Mapping[str, bytes] = field(default_factory=dict)
    """Path → bytes of every file read."""
    silences: tuple[Silence, ...] = ()
    """What the files ask to be spared, each with its reason."""


def find_workspace(folder: Path) -> Path:
    """Return a workspace's folder as an absolute path.

    Raises:
        ConfigurationError: there is no such folder.
    """
    if not folder.is_dir():
        raise ConfigurationError(
            f"There is no folder {folder}; make a workspace with 'beredskap init {folder}'."
        )
    return folder.resolve()


def read_workspace(root: Path) -> Content:
    """Return the content of a workspace; a broken file is a problem and never an exception."""
    reading = Reading(root)
    directory = read_directory(reading)
    governance = read_governance(reading)
    return Content(
        root=root,
        directory=directory,
        governance=governance,
        scenarios=read_scenarios(reading),
        templates=read_templates(reading),
        problems=tuple(reading.problems),
        digests=reading.digests,
        contents=reading.contents,
        silences=tuple(reading.silences),
    )


def problems_for(content: Content, scenario_id: str) -> tuple[Problem, ...]:
    """Return the errors that make this scenario's texts or audience impossible, and no others.

    A bad row is not among them: the person is shown as unreachable and the alert goes.
    """
    needed = set(_needed_files(content, scenario_id))
    found = [
        problem
        for problem in content.problems
        if problem.severity is Severity.ERROR
        and problem.file in needed
        and _stops_more_than_an_entry(content, problem)
    ]
    scenario = content.scenarios.get(scenario_id)
    if scenario is not None:
        found += _missing_templates(content, scenario)
        found += _missing_names(content, scenario)
    return tuple(found)


def files_of(content: Content, scenario_id: str) -> dict[str, str]:
    """Return path → digest of the files a scenario consists of: its own and its templates'."""
    scenario = content.scenarios.get(scenario_id)
    templates = set(templates_of(scenario)) if scenario is not None else set()
    own = f"{scenarios.FOLDER}/{scenario_id}.yaml"
    return {
        path: digest
        for path, digest in content.digests.items()
        if path == own or _template_of(path) in templates
    }


def templates_of(scenario: Scenario) -> tuple[str, ...]:
    """Return the templates a scenario uses, in the order of use."""
    corrections = (
        scenario.update_template,
        scenario.false_alarm_template,
        scenario.all_clear_template,
    )
    used = [wave.template for wave in scenario.playbook.waves]
    return tuple(dict.fromkeys([*used, *(template for template in corrections if template)]))


def _needed_files(content: Content, scenario_id: str) -> Iterator[str]:
    yield f"{scenarios.FOLDER}/{scenario_id}.yaml"
    yield f"{contact_lists.FOLDER}/organisation.yaml"
    yield f"{contact_lists.FOLDER}/people.csv"
    scenario = content.scenarios.get(scenario_id)
    if scenario is None:
        return
    if any(_uses_groups(wave.audience) for wave in scenario.playbook.waves):
        yield f"{contact_lists.FOLDER}/groups.yaml"
    used = {wave.template for wave in scenario.playbook.waves}
    for path in {problem.file for problem in content.problems}:
        if _template_of(path) in used:
            yield path


def _stops_more_than_an_entry(content: Content, problem: Problem) -> bool:
    """Say whether a problem takes more away than the one row, entry or field it stands in."""
    if problem.rule.startswith(_ROW_RULES):
        return False
    if problem.file == f"{contact_lists.FOLDER}/organisation.yaml":
        return content.directory.organisation is UNNAMED
    if problem.file == f"{contact_lists.FOLDER}/groups.yaml":
        return problem.rule.startswith(_FILE_RULES)
    return True


def _uses_groups(audience: object) -> bool:
    return bool(getattr(audience, "groups", ()) or getattr(audience, "exclude_groups", ()))


def _template_of(path: str) -> str | None:
    parts = path.split("/")
    return parts[1] if parts[0] == message_templates.FOLDER and len(parts) > 2 else None


def _missing_templates(content: Content, scenario: Scenario) -> Iterator[Problem]:
    for wave in scenario.playbook.waves:
        if wave.template not in content.templates:
            yield _problem(
                scenario,
                "scenario.unknown_template",
                f"The wave '{wave.id}' uses the template '{wave.template}', which is not there "
                "or cannot be read; restore it.",
            )


def _missing_names(content: Content, scenario: Scenario) -> Iterator[Problem]:
    facts = [fact.id for fact in scenario.facts]
    for wave in scenario.playbook.waves:
        for name in unknown_names(wave.audience, content.directory, facts):
            yield _problem(
                scenario,
                "scenario.unknown_audience",
                f"The wave '{wave.id}' names {name}, which the contact lists do not have "
                f"(facts are written {FACT_PREFIX}ID); correct it.",
            )


def _problem(scenario: Scenario, rule: str, text: str) -> Problem:
    return Problem(
        file=f"{scenarios.FOLDER}/{scenario.id}.yaml",
        line=0,
        rule=rule,
        severity=Severity.ERROR,
        text=text,
    )
