"""Whether an exported log was touched: judged from its lines alone, without any database.

What a file by itself can show: an entry edited, swapped, dropped or added inside it, and a value
that is not the one the log committed to. What only a head kept elsewhere can show: that the end was
cut off, or that the whole chain was computed anew. The verdict never says more than was shown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from beredskap.domain.log import GENESIS, LogKind, commitment, line_hash
from beredskap.errors import NotFoundError, UsageError

_HEAD = re.compile(r"[0-9a-f]{64}")


class Verdict(StrEnum):
    """What the check of an exported log came to."""

    CONSISTENT = "consistent"
    """Nothing inside was touched; without a head from elsewhere the end cannot be vouched for."""
    WHOLE = "whole"
    """The newest entry is the one whose head was kept elsewhere: nothing is missing or changed."""
    REDACTED = "redacted"
    """The chain is unbroken, and values were erased by decisions that the log itself names."""
    BROKEN = "broken"
    """Something was changed, removed or put in."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verification:
    """What was found, and what it does and does not show."""

    verdict: Verdict
    count: int
    """Entries that were read before the first fault."""
    head: str
    """The hash of the newest entry read."""
    first_broken_line: int | None
    """Line of the file, from 1; None when nothing is broken or no single line is to blame."""
    text: str
    """Sentences for people."""


def read_lines(path: Path) -> Iterator[str]:
    """Yield the lines of an exported file, divided at line feeds and nowhere else.

    Raises:
        NotFoundError: the file cannot be opened.
    """
    try:
        held = path.open("rb")
    except OSError as error:
        raise NotFoundError(
            f"The file {path.name} cannot be opened ({error.strerror}); check its name and rights."
        ) from error
    with held:
        for line in held:
            yield line.removesuffix(b"\n").decode("utf-8", "surrogateescape")


def verify(lines: Iterable[str], head: str | None = None, *, lang: str = "sv") -> Verification:
    """Return what the lines show; `head` is a chain head that was kept outside.

    Raises:
        UsageError: the head is not 64 hexadecimal digits.
    """
    wanted = _checked_head(head)
    chain = _Chain(wanted)
    try:
        for number, line in enumerate(lines, start=1):
            chain.take(number, line)
        chain.end()
    except _BrokenError as fault:
        text = _say(lang, f"broken_{fault.cause}", line=fault.line or "", count=chain.count)
        return Verification(
            verdict=Verdict.BROKEN,
            count=chain.count,
            head=chain.head,
            first_broken_line=fault.line,
            text=text,
        )
    return _unbroken(chain, wanted, lang)


class _BrokenError(Exception):
    """Carries what is wrong to the one place that says it."""

    def __init__(self, cause: str, line: int | None) -> None:
        super().__init__(cause)
        self.cause, self.line = cause, line


@dataclass(slots=True)
class _Chain:
    """Reads the lines in order and remembers what later ones are judged by."""

    wanted: str | None
    count: int = 0
    head: str = GENESIS
    incident: str | None = None
    wanted_at: int | None = None
    """The entry whose hash is the head kept elsewhere."""
    committed: dict[str, bytes] = field(default_factory=dict)
    erased: dict[str, None] = field(default_factory=dict)
    decisions: dict[str, None] = field(default_factory=dict)
    values: int = 0
    opened: set[str] = field(default_factory=set)
    has_ended: bool = False
    last_line: int = 0

    def take(self, number: int, line: str) -> None:
        """Judge one line.

        Raises:
            _BrokenError: the line, or the one before it, is not what the chain says.
        """
        self.last_line = number
        if self.has_ended:
            raise _BrokenError("after_end", number)
        held = _parsed(line, number)
        if "seq" in held:
            self._take_entry(number, line, held)
        elif "value_of" in held:
            self._take_value(number, line, held)
        else:
            self._take_trailer(number, line, held)

    def end(self) -> None:
        """Judge that there is nothing more.

        Raises:
            _BrokenError: the trailer is missing, or the head kept elsewhere is not in the chain.
        """
        if not self.has_ended:
            raise _BrokenError("cut", self.last_line or None)
        if self.wanted is not None and self.wanted_at is None and self.wanted != self.head:
            raise _BrokenError("head", None)

    def _take_entry(self, number: int, line: str, held: dict[str, Any]) -> None:
        if self.values:
            raise _BrokenError("order", number)
        if held.get("prev") != self.head:
            raise _BrokenError("link", number - 1) if number > 1 else _BrokenError("order", number)
        if not _is_count(held["seq"], self.count + 1):
            raise _BrokenError("order", number)
        self._note(number, held)
        self.count, self.head = self.count + 1, line_hash(line)
        if self.head == self.wanted:
            self.wanted_at = self.count

    def _note(self, number: int, held: dict[str, Any]) -> None:
        commitments, codes = held.get("commitments"), held.get("codes")
        if not isinstance(commitments, dict) or not isinstance(codes, dict):
            raise _BrokenError("form", number)
        self.incident = self.incident or held.get("incident")
        if held.get("incident") != self.incident:
            raise _BrokenError("incident", number)
        try:
            self.committed |= {ref: bytes.fromhex(value) for ref, value in commitments.items()}
        except (TypeError, ValueError):
            raise _BrokenError("form", number) from None
        if held.get("kind") == LogKind.VALUE_ERASED.value:
            refs = codes.get("refs")
            self.erased |= dict.fromkeys(map(str, refs if isinstance(refs, list) else ()))
            self.decisions[str(codes.get("decision", ""))] = None

    def _take_value(self, number: int, line: str, held: dict[str, Any]) -> None:
        ref, salt, value = held.get("value_of"), held.get("salt"), held.get("value")
        if not (isinstance(ref, str) and isinstance(salt, str) and isinstance(value, str)):
            raise _BrokenError("form", number)
        is_as_written = line == canonical({"value_of": ref, "salt": salt, "value": value})
        expected = self.committed.get(ref)
        if not is_as_written or expected is None or ref in self.opened:
            raise _BrokenError("value", number)
        if bytes.fromhex(commitment(salt, value)) != expected:
            raise _BrokenError("value", number)
        self.opened.add(ref)
        self.values += 1

    def _take_trailer(self, number: int, line: str, held: dict[str, Any]) -> None:
        expected: dict[str, object] = {"count": held.get("count"), "head": held.get("head")}
        if "values" in held:
            expected["values"] = held["values"]
        if line != canonical(expected) or "count" not in held:
            raise _BrokenError("form", number)
        if held["head"] != self.head:
            raise _BrokenError("trailer_head", max(number - 1 - self.values, 1))
        is_right = _is_count(held["count"], self.count)
        if not is_right or not _is_count(held.get("values", 0), self.values):
            raise _BrokenError("trailer_count", number)
        missing = self.committed.keys() - self.opened - self.erased.keys()
        if "values" in held and missing:
            raise _BrokenError("missing_value", number)
        self.has_ended = True


def canonical(held: dict[str, object]) -> str:
    """Return JSON in the one form an exported line may have, its keys in the order given."""
    return json.dumps(held, ensure_ascii=False, separators=(",", ":"))


def _is_count(held: object, expected: int) -> bool:
    """Say whether a number of the file is the one expected; `true` and `1.0` are not `1`."""
    return type(held) is int and held == expected


def _parsed(line: str, number: int) -> dict[str, Any]:
    try:
        line.encode()
        held = json.loads(line)
    except (ValueError, RecursionError):
        raise _BrokenError("form", number) from None
    if not isinstance(held, dict):
        raise _BrokenError("form", number)
    return held


def _checked_head(head: str | None) -> str | None:
    if head is None:
        return None
    folded = head.strip().casefold()
    if not _HEAD.fullmatch(folded):
        raise UsageError(
            "The head given is not 64 hexadecimal digits; copy it whole from the kept message."
        )
    return folded


def _unbroken(chain: _Chain, wanted: str | None, lang: str) -> Verification:
    is_whole = wanted is not None and wanted == chain.head
    verdict = Verdict.WHOLE if is_whole else Verdict.CONSISTENT
    parts = []
    if is_whole:
        parts.append(_say(lang, "whole", count=chain.count))
    elif chain.wanted_at is not None:
        added = chain.count - chain.wanted_at
        parts.append(_say(lang, "whole_until", count=chain.wanted_at, added=added))
    else:
        parts.append(_say(lang, "consistent", count=chain.count))
    if chain.decisions:
        verdict = Verdict.REDACTED
        parts.append(
            _say(lang, "redacted", count=len(chain.erased), decisions=", ".join(chain.decisions))
        )
    return Verification(
        verdict=verdict,
        count=chain.count,
        head=chain.head,
        first_broken_line=None,
        text=" ".join(parts),
    )


def _say(lang: str, key: str, **values: object) -> str:
    return _SENTENCES["sv" if lang == "sv" else "en"][key].format(**values)


_SENTENCES = {
    "sv": {
        "consistent": (
            "{count} poster i obruten kedja: ingen post inuti är ändrad, flyttad eller borttagen. "
            "Filen ensam kan inte visa om slutet är avklippt eller om hela kedjan är omräknad; "
            "jämför med ett kedjehuvud som förvaras hos någon annan."
        ),
        "whole": (
            "{count} poster, och kedjehuvudet är det som förvarades på annat håll: loggen är hel, "
            "ingenting är ändrat, borttaget eller tillagt."
        ),
        "whole_until": (
            "Loggen är hel till och med post {count}, vars kedjehuvud förvarades på annat håll. "
            "{added} senare poster hänger ihop, men filen ensam visar inte om slutet är avklippt."
        ),
        "redacted": (
            "{count} uppgifter är raderade enligt beslut {decisions}; kedjan visar det och är hel."
        ),
        "broken_form": "Rad {line} är ingen rad ur en logg; den är ändrad eller skadad.",
        "broken_link": (
            "Rad {line} stämmer inte med vad nästa rad säger om den: en post är ändrad, borttagen "
            "eller inskjuten där."
        ),
        "broken_order": "Rad {line} står inte på sin plats; något är flyttat eller borttaget.",
        "broken_incident": "Rad {line} hör till en annan händelse än de tidigare raderna.",
        "broken_value": "Uppgiften på rad {line} är inte den som loggen har förbundit sig till.",
        "broken_missing_value": "En uppgift saknas och loggen säger inte att den är raderad.",
        "broken_trailer_head": (
            "Rad {line} stämmer inte med slutraden: sista posten eller slutraden är ändrad, eller "
            "så saknas poster före slutet."
        ),
        "broken_trailer_count": "Slutraden, rad {line}, anger ett annat antal än filen har.",
        "broken_after_end": "Rad {line} står efter loggens slut.",
        "broken_cut": "Filens slut saknas: den är avklippt efter {count} poster.",
        "broken_head": (
            "Filen hänger ihop, men kedjehuvudet som förvarades på annat håll finns inte i den: "
            "slutet är avklippt, hela kedjan är omräknad, eller så hör huvudet till en annan logg."
        ),
    },
    "en": {
        "consistent": (
            "{count} entries in an unbroken chain: no entry in the file was edited, swapped or "
            "dropped. The file alone cannot show whether its end was cut off or the whole chain "
            "computed anew; compare it with a head that somebody else keeps."
        ),
        "whole": (
            "{count} entries, and the head is the one kept elsewhere: the log is whole, nothing "
            "was changed, removed or added."
        ),
        "whole_until": (
            "The log is whole up to entry {count}, whose head was kept elsewhere. {added} later "
            "entries hang together, but the file alone cannot show whether its end was cut off."
        ),
        "redacted": (
            "{count} values were redacted under decision {decisions}; the chain shows it and is "
            "untouched."
        ),
        "broken_form": "Line {line} is no line of a log; it was changed or damaged.",
        "broken_link": (
            "Line {line} is not what the next line says of it: an entry was changed, removed or "
            "put in there."
        ),
        "broken_order": "Line {line} is not in its place; something was moved or removed.",
        "broken_incident": "Line {line} belongs to another incident than the lines before it.",
        "broken_value": "The value on line {line} is not the one the log committed to.",
        "broken_missing_value": "A value is missing and the log does not say that it was erased.",
        "broken_trailer_head": (
            "Line {line} does not agree with the last line: the last entry or the last line was "
            "changed, or entries before the end are missing."
        ),
        "broken_trailer_count": "The last line, {line}, names another number than there is.",
        "broken_after_end": "Line {line} stands after the end of the log.",
        "broken_cut": "The end of the file is missing: it was cut after {count} entries.",
        "broken_head": (
            "The file hangs together, but the head kept elsewhere is not in it: its end was cut "
            "off, the whole chain was computed anew, or the head belongs to another log."
        ),
    },
}
