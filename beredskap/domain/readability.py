"""How hard a text is to read, by LIX (Björnsson): words per sentence plus the share of long words.

LIX knows nothing of how hard a word is, and says little of a short text: it is one sign among
several, never the only gate.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass

CERTAIN_FROM_WORDS = 50
"""Below so many words the figure is shown as uncertain."""
LONG_WORD_LETTERS = 7
"""A word of more than six letters is long."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Readability:
    """What LIX says of one text."""

    words: int
    long_words: int
    """Words of more than six letters, but for names on the allow-list and addresses."""
    sentences: int
    longest_sentence: int
    """Words in the longest sentence."""
    lix: float | None
    """None when the text has no words."""
    is_certain: bool
    """False when the text is too short for the figure to mean much."""


_NEVER_LAST = """
    approx avd bl ca dr dvs ev ex exkl fig forts fr följ gm inkl jfr jr kap kl kungl mr mrs ms nr
    nuv obs pga prof red ref resp sid sk sr tel tfn uppl vol vs äv övers
"""
_OFTEN_LAST = "e.d e.dyl etc m.fl m.m m.m.fl max mfl min mån o.d o.dyl o.s.v osv sek st tim"
_ABBREVIATIONS = frozenset(_NEVER_LAST.split())
_CLOSING = frozenset(_OFTEN_LAST.split())
"""Abbreviations that may stand last: a capital, or nothing, after them ends the sentence."""
_DOTTED = re.compile(r"(?:[a-zåäö]{1,2}\.)+[a-zåäö]{1,2}")
"""Abbreviations with points inside, as in "t.ex." and "p.g.a."."""
_LONE = frozenset("abcdefghkmnopstuv")
"""Small letters that stand alone only as parts of abbreviations, as in "t. ex." and "s. 14"."""

_ADDRESS = r"(?:https?://|www\.)\S*[^\s.,;:!?)\]\"']|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_TOKEN = re.compile(rf"{_ADDRESS}|[^\W_]+(?:[-‐‑'’.][^\W_]+)*")
_BROKEN_WORD = re.compile(r"(?<=[^\W\d_])-[ \t]*\n[ \t]*(?=[^\W\d_])")
_ENDING = re.compile(r"[.!?…]+[\"”“’'»)\]]*(?=\s|$)|:(?=\s+[\"”“’'»«(]*[^\W\d_])")
_LAST_TOKEN = re.compile(r"[^\s(\"”“’'»«/]*$")


def lix(text: str, *, names: Collection[str] = ()) -> Readability:
    """Return the LIX figures of a text.

    A sentence ends at . ! ? or at a colon before a capital, and where the text ends; never in a
    decimal, a time of day, an address or an abbreviation. A compound with a hyphen is one word.
    `names` are words that are not counted as long, such as the organisation's own name.
    """
    plain = unicodedata.normalize("NFC", text).replace("\u00ad", "").replace("\r\n", "\n")
    spared = frozenset(name.casefold() for name in names)
    words = long_words = sentences = longest = 0
    for sentence in _sentences(_BROKEN_WORD.sub("-", plain)):
        tokens = [t for t in _TOKEN.findall(sentence) if t.isalpha() or any(map(str.isalpha, t))]
        words += len(tokens)
        long_words += sum(1 for token in tokens if _is_long(token, spared))
        sentences += 1 if tokens else 0
        longest = max(longest, len(tokens))
    return Readability(
        words=words,
        long_words=long_words,
        sentences=sentences,
        longest_sentence=longest,
        lix=words / sentences + 100 * long_words / words if words else None,
        is_certain=words >= CERTAIN_FROM_WORDS,
    )


def _is_long(token: str, spared: frozenset[str]) -> bool:
    """Say whether a word is long; abbreviations and addresses, known by their points, are not."""
    if len(token) < LONG_WORD_LETTERS:
        return False
    if "." in token or "@" in token or "/" in token or token.casefold() in spared:
        return False
    return sum(map(str.isalpha, token)) >= LONG_WORD_LETTERS


def _sentences(text: str) -> Iterator[str]:
    start = 0
    for ending in _ENDING.finditer(text):
        if _ends_sentence(text, ending):
            yield text[start : ending.end()]
            start = ending.end()
    yield text[start:]


def _ends_sentence(text: str, ending: re.Match[str]) -> bool:
    first = _first_letter(text, ending.end())
    if ending.group().startswith(":"):
        return first.isupper()
    if ending.group() != ".":
        return True
    before = text[max(0, ending.start() - 80) : ending.start()]
    match = _LAST_TOKEN.search(before)
    token = match.group() if match else ""
    if token.casefold() in _CLOSING:
        return first.isupper() or not first
    if token in _LONE or _DOTTED.fullmatch(token.casefold()):
        return False
    return token.casefold() not in _ABBREVIATIONS


def _first_letter(text: str, position: int) -> str:
    following = text[position : position + 40].lstrip(" \t\r\n\"”“’'»«(")
    return following[:1]
