"""Reading files as people write them: their bytes and digests, and CSV from any spreadsheet.

Nothing here raises for what a file holds: whatever is wrong becomes a `Problem` with its line.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from beredskap.domain.problem import Problem, Severity, Silence

_LARGEST_BYTES = 50_000_000
_ROW_LIKE = 3
"""So many separators within a quoted cell's later line show that it is a row of its own."""
_ENCODINGS = ("utf-8-sig", "cp1252")
_SILENCE = re.compile(r"#\s*silenced\s+(?P<rule>[\w.-]+)\s*:?(?P<reason>[^\r\n]*)")
"""A comment in a CSV file, as in `# silenced contacts.one_channel: the desk has no mobile`."""


@dataclass
class Reading:
    """Collects what was read from a workspace: problems and the digest of every file."""

    root: Path
    problems: list[Problem] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    silences: list[Silence] = field(default_factory=list)

    def name_of(self, path: Path) -> str:
        """Return a path as problems name it."""
        return path.relative_to(self.root).as_posix()

    def error(self, path: Path, line: int, rule: str, text: str) -> None:
        """Note an error."""
        self._note(path, line, rule, Severity.ERROR, text)

    def warn(self, path: Path, line: int, rule: str, text: str) -> None:
        """Note a warning."""
        self._note(path, line, rule, Severity.WARNING, text)

    def _note(self, path: Path, line: int, rule: str, severity: Severity, text: str) -> None:
        self.problems.append(
            Problem(file=self.name_of(path), line=line, rule=rule, severity=severity, text=text)
        )

    def silence(self, path: Path, line: int, rule: str, reason: str) -> None:
        """Note that a file asks for a rule not to apply to it."""
        self.silences.append(
            Silence(file=self.name_of(path), line=line, rule=rule, reason=reason.strip())
        )

    def read_bytes(self, path: Path, *, is_required: bool = True) -> bytes | None:
        """Return a file's bytes and note its digest; None with a problem if it cannot be read."""
        try:
            if path.stat().st_size > _LARGEST_BYTES:
                self.error(path, 0, "file.too_large", "The file is over 50 MB; divide it.")
                return None
            content = path.read_bytes()
        except FileNotFoundError:
            if is_required:
                self.error(path, 0, "file.missing", "The file is missing; restore or write it.")
            return None
        except OSError as error:
            self.error(
                path, 0, "file.unreadable", f"The file cannot be read ({error.strerror}); mend it."
            )
            return None
        self.digests[self.name_of(path)] = hashlib.sha256(content).hexdigest()
        self.contents[self.name_of(path)] = content
        return content

    def read_text(self, path: Path, *, is_required: bool = True) -> str | None:
        """Return a UTF-8 text file, or None with a problem."""
        content = self.read_bytes(path, is_required=is_required)
        if content is None:
            return None
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            self.error(
                path, line, "file.not_utf8", "The line is not UTF-8 text; save the file as UTF-8."
            )
            return None


def read_csv(
    reading: Reading, path: Path, columns: tuple[str, ...], *, is_required: bool = True
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line, row) of a CSV file; rows hold every column named, empty where missing.

    Reads UTF-8, UTF-8 with BOM, cp1252 and UTF-16, semicolon, comma or tab, a `sep=` line, and
    passes over lines that begin with `#`.
    """
    content = reading.read_bytes(path, is_required=is_required)
    if content is None:
        return
    text = decode(content)
    if text is None or "\x00" in text:
        reading.error(path, 0, "csv.not_text", "The file is not a CSV text; export it again.")
        return
    lines = text.splitlines(keepends=True)
    _note_silences(reading, path, lines)
    first = 0
    separator = None
    if lines and lines[0].lower().startswith("sep="):
        separator, first = lines[0].strip()[4:5], 1
    while first < len(lines) and (lines[first].startswith("#") or not lines[first].strip()):
        first += 1
    if first >= len(lines):
        reading.error(path, 0, "csv.empty", "The file has no header line; write one.")
        return
    separator = separator or max(";,\t", key=lines[first].count)
    yield from _rows(reading, path, "".join(lines[first:]), separator or ";", first, columns)


def _note_silences(reading: Reading, path: Path, lines: list[str]) -> None:
    for number, line in enumerate(lines, start=1):
        found = _SILENCE.match(line) if line.startswith("#") else None
        if found is not None:
            reading.silence(path, number, found["rule"], found["reason"])


def decode(content: bytes) -> str | None:
    """Return text from bytes in any encoding a Swedish spreadsheet saves, or None."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError:
            return None
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _rows(
    reading: Reading,
    path: Path,
    text: str,
    separator: str,
    skipped: int,
    columns: tuple[str, ...],
) -> Iterator[tuple[int, dict[str, str]]]:
    rows = _Records(text.splitlines(keepends=True), separator)
    try:
        header = [name.strip().casefold() for name in next(iter(rows), [])]
        unknown = [name for name in header if name and name not in columns]
        if unknown:
            reading.error(
                path,
                skipped + 1,
                "csv.unknown_column",
                f"The column '{unknown[0]}' is not known; known are {', '.join(columns)}.",
            )
        for cells in rows:
            line = skipped + rows.line
            if rows.is_unclosed:
                reading.error(
                    path,
                    line,
                    "csv.unclosed_quote",
                    "A quotation mark in the row is not closed and was passed over; look at the "
                    "row, and close the mark or remove it.",
                )
            if not any(cell.strip() for cell in cells) or cells[0].startswith("#"):
                continue
            if len(cells) > len(header):
                reading.error(
                    path,
                    line,
                    "csv.too_many_cells",
                    f"The row has {len(cells)} cells and the header {len(header)}; mend the row.",
                )
            found = dict(zip(header, (cell.strip() for cell in cells), strict=False))
            yield line, {name: found.get(name, "") for name in columns}
    except csv.Error as error:
        reading.error(path, skipped + rows.line, "csv.syntax", f"The CSV is broken here ({error}).")


class _Records:
    """Reads the records of a CSV text; an unclosed quotation mark costs its own line alone.

    A quoted cell may hold line breaks. One that swallows what looks like further rows, or the rest
    of the file, is a mark that was never closed; from there on every line is read by itself.
    """

    def __init__(self, lines: list[str], separator: str) -> None:
        self._lines, self._separator = lines, separator
        self._next = 0
        self._is_by_line = False
        self.line = 0
        """The last line of the record just given, from 1."""
        self.is_unclosed = False

    def __iter__(self) -> Iterator[list[str]]:
        while self._next < len(self._lines):
            yield self._record()

    def _record(self) -> list[str]:
        self.is_unclosed = False
        cells, taken = self._read(self._next, 1 if self._is_by_line else None)
        if self._swallows(cells, taken):
            self._is_by_line = True
            cells, taken = self._read(self._next, 1)
        if self._is_by_line and self._lines[self._next].count('"') % 2 == 1:
            self.is_unclosed = True
            bare = self._lines[self._next].replace('"', "")
            cells = next(csv.reader([bare], delimiter=self._separator), [])
        self._next += taken
        self.line = self._next
        return cells

    def _read(self, start: int, most: int | None) -> tuple[list[str], int]:
        """Return the record that begins at a line, and how many lines it takes."""
        reader = csv.reader(islice(_from(self._lines, start), most), delimiter=self._separator)
        return next(reader, []), max(reader.line_num, 1)

    def _swallows(self, cells: list[str], taken: int) -> bool:
        if taken == 1:
            return self._next + 1 == len(self._lines) and self._lines[-1].count('"') % 2 == 1
        is_to_the_end = self._next + taken == len(self._lines)
        ends_open = "".join(self._lines[self._next : self._next + taken]).count('"') % 2 == 1
        looks_like_rows = any(
            line.count(self._separator) >= _ROW_LIKE
            for cell in cells
            for line in cell.splitlines()[1:]
        )
        return (is_to_the_end and ends_open) or looks_like_rows


def _from(lines: list[str], start: int) -> Iterator[str]:
    return (lines[number] for number in range(start, len(lines)))
