"""Reads `message_templates/ID/`: what a text is for, and its sources per channel and language."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from beredskap.domain.answer import STOP_WORDS
from beredskap.domain.channel import Channel
from beredskap.domain.message import AnswerMeaning, Approval, MessageTemplate
from beredskap.library.forms import parse
from beredskap.library.sources import Reading
from beredskap.library.yaml_files import read_yaml

FOLDER = "message_templates"
_FORM_FILE = "template.yaml"
_SOURCE = re.compile(
    r"(?P<channel>[a-z]+)\.(?P<language>[a-z]{2,3}(?:-[a-z]+)*)(?P<html>\.html)?\.j2"
)


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _AnswerForm(_Form):
    key: str
    meaning: str
    yes: bool = True
    help: bool = False


class _ApprovalForm(_Form):
    role: str
    officer: str
    on: date
    digest: str


class _TemplateForm(_Form):
    purpose: str
    audience: Literal["internal", "external", "partner"]
    slots: tuple[str, ...] = ()
    answers: tuple[_AnswerForm, ...] = ()
    approvals: tuple[_ApprovalForm, ...] = ()


def read_templates(reading: Reading) -> dict[str, MessageTemplate]:
    """Return every template that can be read, by id."""
    folder = reading.root / FOLDER
    templates = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.is_dir() and not path.name.startswith("."):
            template = _read_template(reading, path)
            if template is not None:
                templates[template.id] = template
    return templates


def _read_template(reading: Reading, folder: Path) -> MessageTemplate | None:
    file = read_yaml(reading, folder / _FORM_FILE)
    form = parse(reading, file, _TemplateForm) if file is not None else None
    if form is None:
        return None
    for answer in form.answers:
        if answer.key.casefold() in STOP_WORDS:
            reading.error(
                folder / _FORM_FILE,
                0,
                "template.stop_word",
                f"'{answer.key}' makes the provider block later messages; use another answer.",
            )
    sources, html_sources = _read_sources(reading, folder)
    return MessageTemplate(
        id=folder.name,
        purpose=form.purpose,
        audience_kind=form.audience,
        slots=form.slots,
        answers=tuple(
            AnswerMeaning(key=a.key, meaning=a.meaning, is_yes=a.yes, is_help=a.help)
            for a in form.answers
        ),
        approvals=tuple(Approval(**approval.model_dump()) for approval in form.approvals),
        sources=sources,
        html_sources=html_sources,
    )


def _read_sources(
    reading: Reading, folder: Path
) -> tuple[dict[tuple[Channel, str], str], dict[str, str]]:
    sources: dict[tuple[Channel, str], str] = {}
    html_sources: dict[str, str] = {}
    for path in sorted(folder.glob("*.j2")):
        named = _SOURCE.fullmatch(path.name)
        if named is None or named["channel"] not in {channel.value for channel in Channel}:
            reading.error(
                path,
                0,
                "template.file_name",
                f"'{path.name}' names no channel and language; call it like sms.sv.j2.",
            )
            continue
        text = reading.read_text(path)
        if text is None:
            continue
        if named["html"]:
            html_sources[named["language"]] = text
        else:
            sources[Channel(named["channel"]), named["language"]] = text
    return sources, html_sources
