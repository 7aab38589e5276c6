"""Reads `contact_lists/governance.yaml`; no alert needs it, and it may be left out."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from beredskap.domain.governance import (
    Advertisement,
    DocumentKind,
    Governance,
    GoverningDocument,
    Meeting,
    MeetingKind,
    Value,
)
from beredskap.library.contact_lists import FOLDER
from beredskap.library.forms import parse_what_is_right
from beredskap.library.sources import Reading
from beredskap.library.yaml_files import read_yaml

FILE = f"{FOLDER}/governance.yaml"


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _DocumentForm(_Form):
    id: str
    title: str
    kind: DocumentKind = DocumentKind.OTHER
    version: str = ""
    reviewed: date
    review_interval_days: int = Field(default=365, gt=0)
    rests_on: str | None = None
    year: int | None = None
    decided: date | None = None
    known_in: tuple[str, ...] = ()


class _MeetingForm(_Form):
    kind: MeetingKind
    name: str
    units: tuple[str, ...] = ()
    interval_days: int = Field(gt=0)
    last: date
    agenda: tuple[str, ...] = ()


class _AdvertisementForm(_Form):
    month: str
    text: str
    book_by: date
    booked: bool = False


class _ValueForm(_Form):
    name: str
    said_as: str


class _GovernanceForm(_Form):
    documents: tuple[_DocumentForm, ...] = ()
    meetings: tuple[_MeetingForm, ...] = ()
    channel_tests: dict[str, date] = Field(default_factory=dict)
    letter_headings: tuple[str, ...] = ()
    advertisements: tuple[_AdvertisementForm, ...] = ()
    values: tuple[_ValueForm, ...] = ()


def read_governance(reading: Reading) -> Governance:
    """Return what the file holds and can be read, or nothing where there is no file."""
    file = read_yaml(reading, reading.root / FILE, is_required=False)
    form = parse_what_is_right(reading, file, _GovernanceForm) if file is not None else None
    if form is None:
        return Governance()
    return Governance(
        documents={document.id: _document(document) for document in form.documents},
        meetings=tuple(_meeting(meeting) for meeting in form.meetings),
        channel_tests=form.channel_tests,
        letter_headings=form.letter_headings,
        advertisements=tuple(_advertisement(one) for one in form.advertisements),
        values=tuple(Value(name=value.name, said_as=value.said_as) for value in form.values),
    )


def _document(form: _DocumentForm) -> GoverningDocument:
    written = form.model_dump(exclude={"reviewed", "decided"})
    return GoverningDocument(**written, reviewed_on=form.reviewed, decided_on=form.decided)


def _meeting(form: _MeetingForm) -> Meeting:
    return Meeting(**form.model_dump(exclude={"last"}), last_on=form.last)


def _advertisement(form: _AdvertisementForm) -> Advertisement:
    return Advertisement(**form.model_dump(exclude={"booked"}), is_booked=form.booked)
