"""Reads `contact_lists/` into a `Directory`; a bad row is a visible person without an address."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from beredskap.domain.channel import Channel
from beredskap.domain.officer import Officer, Right
from beredskap.domain.stakeholder import (
    Audience,
    ContactList,
    ContactPoint,
    Directory,
    DutyPeriod,
    Employment,
    PersonStatus,
    Stakeholder,
    Unit,
)
from beredskap.library.addresses import has_control_characters, normalise_mail, normalise_number
from beredskap.library.forms import AudienceForm, parse_items
from beredskap.library.organisation import read_organisation
from beredskap.library.sources import Reading, read_csv
from beredskap.library.yaml_files import YamlFile, read_yaml

FOLDER = "contact_lists"
_UNIT_COLUMNS = (
    "id", "name", "kind", "parent", "manager", "deputy", "local_channel", "meeting_place",
)  # fmt: skip
_PEOPLE_COLUMNS = (
    "id", "name", "roles", "unit", "manager", "deputy", "employment", "status", "languages",
    "mobile", "email", "prefers", "opted_out", "protected", "go_between", "verified",
)  # fmt: skip
_ROSTER_COLUMNS = ("role", "person", "deputy", "from", "to")
_YES = {"ja", "yes", "true", "1", "x"}
_NO = {"", "nej", "no", "false", "0"}
_EMPLOYMENTS = {
    "": Employment.NOT_EMPLOYED,
    "tillsvidare": Employment.PERMANENT,
    "projekt": Employment.PROJECT,
    "timanställd": Employment.HOURLY,
    "vikarie": Employment.SUBSTITUTE,
    "ej_anställd": Employment.NOT_EMPLOYED,
    **{kind.value: kind for kind in Employment},
}
_STATUSES = {
    "": PersonStatus.IN_SERVICE,
    "i_tjänst": PersonStatus.IN_SERVICE,
    "sjukskriven": PersonStatus.SICK,
    "föräldraledig": PersonStatus.PARENTAL_LEAVE,
    "tjänstledig": PersonStatus.LEAVE,
    **{status.value: status for status in PersonStatus},
}
Kind = TypeVar("Kind")


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _GroupForm(_Form):
    id: str
    name: str
    owner_role: str
    needs: str = ""
    external: bool = False
    other_ways: tuple[str, ...] = ()
    audience: AudienceForm = AudienceForm()


class _OfficerForm(_Form):
    id: str
    name: str | None = None
    login: str | None = None
    rights: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


def read_directory(reading: Reading) -> Directory:
    """Return everything in `contact_lists/` that can be read."""
    folder = reading.root / FOLDER
    organisation = read_organisation(reading, folder / "organisation.yaml")
    people = _read_people(reading, folder / "people.csv")
    return Directory(
        organisation=organisation,
        units=_read_units(reading, folder / "units.csv"),
        people=people,
        lists=_read_groups(reading, folder / "groups.yaml"),
        roster=_read_roster(reading, folder / "roster.csv", organisation.time_zone),
        officers=_read_officers(reading, folder / "officers.yaml", people),
    )


def _read_units(reading: Reading, path: Path) -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for line, row in read_csv(reading, path, _UNIT_COLUMNS):
        if not row["id"] or not row["name"]:
            reading.error(path, line, "units.incomplete", "A unit needs an id and a name.")
            continue
        if row["id"] in units:
            reading.error(
                path, line, "units.duplicate_id", f"The unit id '{row['id']}' stands twice."
            )
            continue
        units[row["id"]] = Unit(
            id=row["id"],
            name=row["name"],
            kind=row["kind"] or "unit",
            parent=row["parent"] or None,
            manager=row["manager"] or None,
            deputy=row["deputy"] or None,
            local_channel=row["local_channel"],
            meeting_place=row["meeting_place"],
        )
    return units


def _read_people(reading: Reading, path: Path) -> dict[str, Stakeholder]:
    people: dict[str, Stakeholder] = {}
    for line, row in read_csv(reading, path, _PEOPLE_COLUMNS):
        person = _person(reading, path, line, row)
        if person is None:
            continue
        if person.id in people:
            reading.error(
                path, line, "people.duplicate_id", f"The person id '{person.id}' stands twice."
            )
            continue
        people[person.id] = person
    return people


def _person(reading: Reading, path: Path, line: int, row: dict[str, str]) -> Stakeholder | None:
    """Return the person of a row; a wrong cell is a problem, and the person stays."""
    if not row["id"] or not row["name"]:
        reading.error(path, line, "people.incomplete", "A person needs an id and a name.")
        return None
    if any(has_control_characters(cell) for cell in row.values()):
        reading.error(
            path,
            line,
            "people.control_character",
            f"The row of '{_printable(row['id'])}' holds a character that cannot be printed; "
            "write the row again.",
        )
        return None
    number, mail, fault = _addresses(reading, path, line, row)
    points = [
        ContactPoint(channel=channel, address=address)
        for channel, address in ((Channel.SMS, number), (Channel.EMAIL, mail))
        if address is not None
    ]
    if row["prefers"] == Channel.EMAIL.value:
        points.reverse()
    return Stakeholder(
        id=row["id"],
        name=row["name"],
        roles=_words(row["roles"]),
        unit=row["unit"] or None,
        manager=row["manager"] or None,
        deputy=row["deputy"] or None,
        employment=_one_of(reading, path, line, "employment", row, _EMPLOYMENTS),
        status=_one_of(reading, path, line, "status", row, _STATUSES),
        languages=_words(row["languages"]) or ("sv",),
        contact_points=tuple(points),
        has_opted_out=_truth(reading, path, line, "opted_out", row),
        is_protected=_truth(reading, path, line, "protected", row),
        go_between=row["go_between"] or None,
        verified_on=_date(reading, path, line, "verified", row),
        fault=fault,
    )


def _addresses(
    reading: Reading, path: Path, line: int, row: dict[str, str]
) -> tuple[str | None, str | None, str | None]:
    """Return number and mail in their one form, and the fault where one cannot be used."""
    number = mail = fault = None
    if row["mobile"]:
        number = normalise_number(row["mobile"])
        if number is None:
            fault = "bad_number"
            reading.error(
                path,
                line,
                "people.bad_number",
                f"The mobile number of '{row['id']}' cannot be one; correct it.",
            )
    if row["email"]:
        mail = normalise_mail(row["email"])
        if mail is None:
            fault = fault or "bad_email"
            reading.error(
                path,
                line,
                "people.bad_email",
                f"The mail address of '{row['id']}' cannot be one; correct it.",
            )
    return number, mail, fault


def _one_of(
    reading: Reading,
    path: Path,
    line: int,
    column: str,
    row: dict[str, str],
    words: dict[str, Kind],
) -> Kind:
    found = words.get(row[column].casefold().replace(" ", "_"))
    if found is not None:
        return found
    reading.error(
        path,
        line,
        f"people.{column}",
        f"'{row[column]}' in the column {column} is not known; "
        f"known are {', '.join(word for word in words if word)}.",
    )
    return words[""]


def _truth(reading: Reading, path: Path, line: int, column: str, row: dict[str, str]) -> bool:
    """Return a yes or no; what cannot be read counts as yes, which protects the person."""
    word = row[column].casefold()
    if word in _NO:
        return False
    if word not in _YES:
        reading.error(
            path, line, f"people.{column}", f"The column {column} takes ja or nej, or nothing."
        )
    return True


def _date(reading: Reading, path: Path, line: int, column: str, row: dict[str, str]) -> date | None:
    if not row[column]:
        return None
    try:
        return date.fromisoformat(row[column])
    except ValueError:
        reading.error(
            path, line, f"people.{column}", f"The column {column} takes a date as 2026-11-23."
        )
        return None


def _words(cell: str) -> tuple[str, ...]:
    return tuple(word for word in cell.replace(",", " ").split() if word)


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)


def _read_groups(reading: Reading, path: Path) -> dict[str, ContactList]:
    file = read_yaml(reading, path)
    groups: dict[str, ContactList] = {}
    if file is None:
        return groups
    for number, group in parse_items(reading, file, "groups", _GroupForm):
        if group.id in groups:
            reading.error(
                path,
                file.line_at(("groups", number, "id")),
                "groups.duplicate_id",
                f"The group id '{group.id}' stands twice.",
            )
            continue
        groups[group.id] = ContactList(
            id=group.id,
            name=group.name,
            owner_role=group.owner_role,
            needs=group.needs,
            is_external=group.external,
            other_ways=group.other_ways,
            audience=Audience(**group.audience.model_dump()),
        )
    return groups


def _read_roster(reading: Reading, path: Path, zone: str) -> tuple[DutyPeriod, ...]:
    periods = []
    for line, row in read_csv(reading, path, _ROSTER_COLUMNS, is_required=False):
        try:
            starts, ends = (_moment(row[column], zone) for column in ("from", "to"))
        except ValueError:
            reading.error(
                path, line, "roster.time", "From and to take a date or time as 2026-11-23T08:00."
            )
            continue
        if ends <= starts or not row["role"] or not row["person"]:
            reading.error(
                path, line, "roster.period", "A duty needs a role, a person, and an end after it."
            )
            continue
        periods.append(
            DutyPeriod(
                role=row["role"],
                person=row["person"],
                deputy=row["deputy"] or None,
                starts_at=starts,
                ends_at=ends,
            )
        )
    return tuple(periods)


def _moment(text: str, zone: str) -> datetime:
    moment = datetime.fromisoformat(text)
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=ZoneInfo(zone))
    return aware.astimezone(UTC)


def _read_officers(
    reading: Reading, path: Path, people: dict[str, Stakeholder]
) -> dict[str, Officer]:
    file = read_yaml(reading, path)
    officers: dict[str, Officer] = {}
    if file is None:
        return officers
    for number, officer in parse_items(reading, file, "officers", _OfficerForm):
        person = people.get(officer.id)
        officers[officer.id] = Officer(
            id=officer.id,
            name=officer.name or (person.name if person is not None else officer.id),
            login=officer.login,
            rights=frozenset(_rights(reading, file, number, officer.rights)),
            roles=officer.roles or (person.roles if person is not None else ()),
        )
    return officers


def _rights(
    reading: Reading, file: YamlFile, number: int, written: tuple[str, ...]
) -> Iterator[Right]:
    """Yield the rights that are known; a mistyped one takes nothing else away."""
    for place, word in enumerate(written):
        try:
            yield Right(word)
        except ValueError:
            reading.error(
                file.path,
                file.line_at(("officers", number, "rights", place)),
                "officers.right",
                f"'{word}' is not a right; known are {', '.join(Right)}.",
            )
