"""Reading files as people write them: YAML with line numbers, CSV from any Swedish spreadsheet.

Nothing here raises for what a file holds: whatever is wrong becomes a `Problem` with its line.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from beredskap.domain.problem import Problem, Severity

_LARGEST_BYTES = 50_000_000
_ENCODINGS = ("utf-8-sig", "cp1252")


@dataclass
class Reading:
    """Collects what was read from a workspace: problems and the digest of every file."""

    root: Path
    problems: list[Problem] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)

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


@dataclass(frozen=True, slots=True)
class YamlFile:
    """A mapping read from YAML that still knows its lines."""

    path: Path
    data: Any

    def plain(self) -> dict[str, Any]:
        """Return the values without their positions."""
        return _plain(self.data)  # type: ignore[no-any-return]

    def line_at(self, location: tuple[int | str, ...]) -> int:
        """Return the line of the innermost key or item of a location that exists, from 1."""
        here, line = self.data, 1
        for step in location:
            position = getattr(here, "lc", None)
            if position is None:
                break
            try:
                if isinstance(here, Mapping):
                    line = position.key(step)[0] + 1
                elif isinstance(step, int):
                    line = position.item(step)[0] + 1
                here = here[step]
            except (KeyError, IndexError, TypeError):
                break
        return int(line)


def read_yaml(reading: Reading, path: Path, *, is_required: bool = True) -> YamlFile | None:
    """Return a YAML file whose top is a mapping, or None with its problem."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    text = reading.read_text(path, is_required=is_required)
    if text is None:
        return None
    reader = YAML(typ="rt")
    reader.version = "1.2"
    try:
        data = reader.load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else 0
        said = " ".join(str(error.problem or error.context or "it is not YAML").split())
        reading.error(path, line, "yaml.syntax", f"The YAML is broken here: {said}; mend the line.")
        return None
    except (YAMLError, ValueError) as error:
        said = " ".join(str(error).split())
        reading.error(path, 0, "yaml.syntax", f"The YAML cannot be read: {said}; mend the file.")
        return None
    if not isinstance(data, Mapping):
        reading.error(path, 1, "yaml.not_a_mapping", "The file must hold `key: value` lines.")
        return None
    return YamlFile(path, data)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(held) for key, held in value.items()}
    if isinstance(value, list):
        return [_plain(held) for held in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    return str(value) if isinstance(value, str) else value


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
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        header = [name.strip().casefold() for name in next(rows)]
        unknown = [name for name in header if name and name not in columns]
        if unknown:
            reading.error(
                path,
                skipped + 1,
                "csv.unknown_column",
                f"The column '{unknown[0]}' is not known; known are {', '.join(columns)}.",
            )
        for cells in rows:
            line = skipped + rows.line_num
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
        reading.error(
            path, skipped + rows.line_num, "csv.syntax", f"The CSV is broken here ({error})."
        )
