"""What a text costs as an SMS, which characters to swap, and the marks of an exercise.

Measuring follows 3GPP TS 23.038 and agrees with Twilio's own calculator: one character outside
the GSM-7 alphabet moves the whole text to UCS-2, and what a reader sees as one character is never
divided between two parts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class SmsEncoding(StrEnum):
    """How the characters of an SMS are written; it decides how many fit."""

    GSM_7 = "GSM-7"
    """Seven bits a character: 160 in a single SMS, 153 in each part of a longer one."""
    UCS_2 = "UCS-2"
    """Sixteen bits a code unit: 70 in a single SMS, 67 in each part of a longer one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SmsMeasure:
    """What one text costs as an SMS."""

    encoding: SmsEncoding
    units: int
    """Septets in GSM-7, UTF-16 code units in UCS-2, without the headers of the parts."""
    segments: int
    """Parts sent and paid for; an empty text is still one."""
    forcing: tuple[str, ...] = ()
    """The characters that force UCS-2, each once, in the order they stand in the text."""


BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The characters of one septet each.

Code 0x09 is a capital Ç in 3GPP TS 23.038 and in Twilio's calculator, and a small ç in Unicode's
mapping file; they are counted as Twilio counts them (Ç fits, ç does not), and see `DOUBTFUL`.
"""
EXTENSION = "\f^{}[]~\\|€"
"""The characters of two septets each: an escape and a code, which no part boundary divides."""
DOUBTFUL = frozenset("Çç")
"""The characters that telephones may show wrongly whatever is counted; a lint warns of them."""

_FORCING = re.compile(f"[^{re.escape(BASIC + EXTENSION)}]")
_EXTENDED = re.compile(f"[{re.escape(EXTENSION)}]")
_ESCAPE = "\x1b"
_ESCAPED = str.maketrans({character: _ESCAPE + character for character in EXTENSION})
_JOINER = "\u200d"
_LIMITS = {SmsEncoding.GSM_7: (160, 153), SmsEncoding.UCS_2: (70, 67)}


def measure(text: str) -> SmsMeasure:
    """Return the encoding, length and number of parts that a text needs."""
    forcing = tuple(dict.fromkeys(_FORCING.findall(text)))
    if not forcing:
        septets = len(text) + len(_EXTENDED.findall(text))
        segments = _segments_of_septets(text, septets)
        return SmsMeasure(encoding=SmsEncoding.GSM_7, units=septets, segments=segments)
    # The machine's own byte order, which Python announces in a first unit of its own.
    code_units = memoryview(text.encode("utf-16", "surrogatepass")).cast("H")[1:]
    joining = frozenset(filter(_joins, forcing))
    if joining:
        forcing = tuple(dict.fromkeys(c for c in _clusters(text, joining) if _FORCING.search(c)))
    return SmsMeasure(
        encoding=SmsEncoding.UCS_2,
        units=len(code_units),
        segments=_segments_of_code_units(text, code_units, joining),
        forcing=forcing,
    )


def _segments_of_septets(text: str, septets: int) -> int:
    single, part = _LIMITS[SmsEncoding.GSM_7]
    if septets <= single:
        return 1
    if septets == len(text):
        return -(-septets // part)
    written = text.translate(_ESCAPED)
    start, segments = 0, 0
    while start < septets:
        start += part
        start -= written[start - 1 : start] == _ESCAPE
        segments += 1
    return segments


def _segments_of_code_units(text: str, code_units: memoryview[int], joining: frozenset[str]) -> int:
    single, part = _LIMITS[SmsEncoding.UCS_2]
    if len(code_units) <= single:
        return 1
    if joining:
        return _segments_of_clusters(text, joining, part)
    start, segments = part, 1
    while start < len(code_units):
        divides_a_pair = 0xD800 <= code_units[start - 1] < 0xDC00 <= code_units[start] < 0xE000
        start += part - divides_a_pair
        segments += 1
    return segments


def _segments_of_clusters(text: str, joining: frozenset[str], part: int) -> int:
    segments, free = 1, part
    for size in _unbreakable_sizes(text, joining, part):
        if size > free:
            segments, free = segments + 1, part
        free -= size
    return segments


def _unbreakable_sizes(text: str, joining: frozenset[str], longest: int) -> Iterator[int]:
    """Yield the code units of what must stay together; what no part can hold is cut by pairs."""
    for cluster in _clusters(text, joining):
        sizes = [2 if character > "\uffff" else 1 for character in cluster]
        if sum(sizes) <= longest:
            yield sum(sizes)
        else:
            yield from sizes


def _clusters(text: str, joining: frozenset[str]) -> Iterator[str]:
    """Yield what a reader sees as one character: a letter with its marks, a flag, an emoji."""
    # Two lone surrogates that meet are one character on the wire, and so here.
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    if not joining:
        yield from text
        return
    start, flag_since, before = 0, -2, ""
    for position, character in enumerate(text):
        if character not in joining:
            is_bound = before == _JOINER and unicodedata.category(character) == "So"
        elif _is_flag_half(character):
            is_bound = flag_since == position - 1
            flag_since = -2 if is_bound else position
        else:
            is_bound = before not in ("\r", "\n")
        if not is_bound and position:
            yield text[start:position]
            start = position
        before = character
    if text:
        yield text[start:]


def _joins(character: str) -> bool:
    """Say whether a character can belong to the one before it: a mark, a joiner, half a flag."""
    return character >= "\u0300" and (
        unicodedata.category(character) in ("Mn", "Mc", "Me")
        or character in "\u200c\u200d\u0e33\u0eb3\uff9e\uff9f"
        or "\u1160" <= character <= "\u11ff"
        or "\U0001f3fb" <= character <= "\U0001f3ff"
        or "\U000e0020" <= character <= "\U000e007f"
        or _is_flag_half(character)
    )


def _is_flag_half(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


_LOOKALIKES = {
    **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("‘’‚‛′´`", "'"),
    **dict.fromkeys("‐‑‒–—―−•", "-"),
    **dict.fromkeys("\t\u00a0\u2002\u2003\u2007\u2009\u200a\u202f\u2028\u2029", " "),
    **dict.fromkeys("\u00ad\u200b\u2060\ufeff", ""),
    "…": "...",
}
_SWAPS = str.maketrans(_LOOKALIKES)


def replace_lookalikes(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return the text with typographic characters swapped for plain ones, and the swaps made.

    Letters are composed first (a and a ring become å) and never lose a mark: å, ä and ö fit in
    GSM-7. Each swap is told once, as (what stood there, what stands there now).
    """
    changes: dict[str, str] = {}
    if not unicodedata.is_normalized("NFC", text):
        clusters = _clusters(text, frozenset(filter(_joins, text)))
        changes = {c: n for c in clusters if (n := unicodedata.normalize("NFC", c)) != c}
    composed = unicodedata.normalize("NFC", text)
    changes |= {c: _LOOKALIKES[c] for c in composed if c in _LOOKALIKES}
    # Once more: taking away an invisible character can bring a letter and its mark together.
    swapped = unicodedata.normalize("NFC", composed.translate(_SWAPS))
    return swapped, tuple(changes.items())


DRILL_WORD = "ÖVNING"
"""Says that a text is an exercise, and ends it."""
DRILL_OPENING = "ÖVNING ÖVNING ÖVNING"
"""Opens every text of an exercise."""


def mark_drill(text: str) -> str:
    """Return the text with the drill marks first and last, adding only what is missing.

    The same function marks an SMS, a mail's subject and its body. Space around the text is taken
    away, so that nothing stands before or after the marks.
    """
    body = text.strip()
    opens, closes = _marks_on(body)
    pieces = ("" if opens else DRILL_OPENING, body, "" if closes else DRILL_WORD)
    return " ".join(piece for piece in pieces if piece)


def carries_drill_marks(text: str) -> bool:
    """Say whether the marks stand first and last; only white space may follow the last one."""
    return mark_drill(text) == text.rstrip()


def contains_drill_word(text: str) -> bool:
    """Say whether a text has ÖVNING in capitals anywhere, which no live text may.

    "Övningen" is allowed; "LARMÖVNING" is not, since what a hurried reader sees is ÖVNING.
    """
    return DRILL_WORD in unicodedata.normalize("NFC", text)


def _marks_on(body: str) -> tuple[bool, bool]:
    """Say whether stripped text opens and closes with its marks, none counted twice."""
    rest = body.removeprefix(DRILL_OPENING)
    opens = len(rest) < len(body) and (not rest or rest[0].isspace())
    if not opens:
        rest = body
    before = rest.removesuffix(DRILL_WORD)
    return opens, len(before) < len(rest) and (not before or before[-1].isspace())
