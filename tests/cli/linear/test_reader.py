"""Answers are whole lines that Enter ended, waited for no longer than asked."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from beredskap.cli.linear.reader import InputLines, is_readable, read_as_text
from beredskap.cli.linear.talk import Talk
from tests.cli.linear.conftest import Answers

Pipe = tuple[InputLines, int]


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    """Return a reader and the end that is written to."""
    read, write = os.pipe()
    yield InputLines(read), write
    os.close(read)


def test_lines_come_one_by_one_and_waiting_has_an_end(pipe: Pipe) -> None:
    reader, write = pipe
    os.write(write, "1\r\n  två \nhal".encode())
    assert [reader.line(None), reader.line(0)] == ["1", "två"]
    assert reader.line(0) is None
    os.write(write, b"vt\n")
    os.close(write)
    assert reader.line(0) == "halvt"
    with pytest.raises(EOFError):
        reader.line(None)


def test_what_no_enter_ended_is_no_answer(pipe: Pipe) -> None:
    reader, write = pipe
    os.write(write, b"21")
    os.close(write)
    with pytest.raises(EOFError):
        reader.line(None)


def test_a_scripts_lines_are_not_forgotten(pipe: Pipe) -> None:
    reader, write = pipe
    os.write(write, b"1\n2\n")
    os.close(write)
    assert reader.line(None) == "1"
    reader.forget()
    assert reader.line(None) == "2"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("ÖVNING".encode(), "ÖVNING"),
        ("ÖVNING".encode("latin-1"), "ÖVNING"),
        (b"\x1b[A2\x07", "[A2"),
        ("O\u0308VNING".encode(), "ÖVNING"),
    ],
)
def test_old_terminals_and_stray_keys_are_read_as_text(line: bytes, text: str) -> None:
    assert read_as_text(line) == text


def test_the_null_device_and_what_is_closed_cannot_answer(pipe: Pipe, tmp_path: Path) -> None:
    _, write = pipe
    assert is_readable(write)
    os.close(write)
    assert not is_readable(write)
    with Path("/dev/null").open() as null:
        assert not is_readable(null.fileno())
    (tmp_path / "svar").write_text("0\n")
    with (tmp_path / "svar").open() as file:
        assert is_readable(file.fileno())


@pytest.mark.parametrize("width", [10, 40, 57])
def test_no_line_is_wider_than_the_terminal_and_nothing_steers_it(width: int) -> None:
    out = io.StringIO()
    talk = Talk(Answers([]), out, "sv", size=lambda: (width, 20))
    talk.write(f"3 {'långt' * 30} kort\x1b[31m\u202e\x07", f"        {'ord ' * 40}", "")
    lines = out.getvalue().split("\n")
    assert max(len(line) for line in lines) <= max(width, 40)
    assert "".join(lines).isprintable()
