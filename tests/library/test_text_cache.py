"""Compiled texts are kept between runs, in a folder that is nobody else's to write in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from beredskap.domain.channel import Channel
from beredskap.domain.incident import IncidentMode
from beredskap.library import Content, freeze_bodies, rendering

FACTS = {"enhet": "eken", "tid": "14.05", "antal": "3"}

Write = Callable[[str, str], Content]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a cache folder of the test's own."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    rendering.forget_compiled()
    yield folder
    rendering.forget_compiled()


def text_of(content: Content) -> str:
    """Return the SMS as a fresh process renders it."""
    rendering.forget_compiled()
    bodies = freeze_bodies(
        content.templates["larm"],
        content.scenarios["prov"],
        content.directory,
        FACTS,
        IncidentMode.LIVE,
    )
    return bodies[Channel.SMS, "sv"].text


def kept(cache: Path) -> list[Path]:
    """Return the files kept."""
    return sorted(cache.rglob("*.cache"))


def test_a_text_compiled_once_is_taken_from_the_cache(written: Write, cache: Path) -> None:
    content = written("message_templates/larm/sms.sv.j2", "Larm {{ fact.tid }}")
    assert text_of(content) == "Larm 14.05"
    files = {file: file.stat().st_mtime_ns for file in kept(cache)}
    assert files
    assert text_of(content) == "Larm 14.05"
    assert {file: file.stat().st_mtime_ns for file in kept(cache)} == files


def test_a_changed_text_is_never_answered_by_the_old_one(written: Write, cache: Path) -> None:
    assert text_of(written("message_templates/larm/sms.sv.j2", "Larm {{ fact.tid }}"))
    changed = written("message_templates/larm/sms.sv.j2", "Samling {{ fact.tid }}")
    assert text_of(changed) == "Samling 14.05"


def test_what_lies_broken_in_the_cache_is_compiled_again(written: Write, cache: Path) -> None:
    content = written("message_templates/larm/sms.sv.j2", "Larm {{ fact.tid }}")
    assert text_of(content)
    for file in kept(cache):
        file.write_bytes(file.read_bytes()[:40])
    assert text_of(content) == "Larm 14.05"


def test_a_folder_that_others_can_write_in_is_not_used(written: Write, cache: Path) -> None:
    content = written("message_templates/larm/sms.sv.j2", "Larm {{ fact.tid }}")
    assert text_of(content)
    for file in kept(cache):
        file.unlink()
        file.parent.chmod(0o777)
    assert text_of(content) == "Larm 14.05"
    assert not kept(cache)


def test_without_a_cache_folder_texts_are_rendered_all_the_same(
    written: Write, cache: Path
) -> None:
    cache.write_text("a file where the folder should be", encoding="utf-8")
    content = written("message_templates/larm/sms.sv.j2", "Larm {{ fact.tid }}")
    assert text_of(content) == "Larm 14.05"
