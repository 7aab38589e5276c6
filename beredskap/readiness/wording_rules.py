"""How a message says it: plain words, short sentences, no empty comfort, care for the reader."""

from __future__ import annotations

import re
from collections.abc import Iterator

from beredskap.domain.channel import Channel
from beredskap.domain.problem import Severity
from beredskap.domain.readability import lix
from beredskap.domain.scenario import Scenario
from beredskap.domain.sms import DOUBTFUL
from beredskap.readiness import lexicon
from beredskap.readiness.rule import Finding, Rule, text_rule
from beredskap.readiness.texts import Text, TextKind

_LONGEST_SENTENCE = 20
"""Words."""
_INTERNAL_LIX, _PUBLIC_LIX, _FIRST_LIX, _VERY_HARD = 45, 40, 35, 60
_CAPITALS = re.compile(r"(?<![\w@.])[A-ZÅÄÖ]{2,6}(?![\w@])")
_NOT_112 = re.compile(
    r"ring (?:inte|aldrig|ej) (?:till )?112|(?:do not|don't|never) (?:call|ring) 112"
)


def _finding(
    text: Text, sentence: str, word: str = "", severity: Severity | None = None
) -> Finding:
    line = text.line_of(word) if word else 0
    return Finding(file=text.file, line=line, text=sentence, severity=severity)


def _readable(text: Text) -> Iterator[Finding]:
    """LIX is one sign among several, says little of under 50 words, and was made for Swedish."""
    if not text.is_longest or len(text.words.split()) <= _LONGEST_SENTENCE:
        return
    known = text.directory.organisation
    read = lix(text.words, names=(*known.name.split(), *known.short_name.split(), known.web))
    if read.longest_sentence > _LONGEST_SENTENCE:
        yield _finding(
            text,
            f"A sentence has {read.longest_sentence} words and may have {_LONGEST_SENTENCE}; "
            "divide it.",
        )
    most = _most(text)
    if text.is_swedish and read.is_certain and read.lix is not None and read.lix > most:
        is_block = text.is_external and read.lix > _VERY_HARD
        yield _finding(
            text,
            f"The text has LIX {read.lix:.0f} and should have at most {most}; "
            "write shorter sentences and words.",
            severity=Severity.ERROR if is_block else None,
        )


def _most(text: Text) -> int:
    if not text.is_external:
        return _INTERNAL_LIX
    is_first = text.kind is TextKind.WAVE and text.channel is not Channel.WEB
    return _FIRST_LIX if is_first else _PUBLIC_LIX


def _plain(text: Text) -> Iterator[Finding]:
    for words in (lexicon.FORBIDDEN, lexicon.PASSIVES):
        for found in words.finditer(text.folded):
            word = found.group()
            hint = "say who does it" if words is lexicon.PASSIVES else "say it in everyday words"
            yield _finding(text, f"The text says '{word}'; {hint}.", word)
    known = text.directory.organisation
    spared = f"{known.name} {known.short_name} {known.sms_sender}".split()
    for capitals in _CAPITALS.findall(text.source):
        if capitals not in lexicon.KNOWN_CAPITALS and capitals not in spared:
            yield _finding(
                text, f"Not everybody knows what '{capitals}' is; write it out.", capitals
            )


def _comfort(text: Text) -> Iterator[Finding]:
    if text.kind in (TextKind.FALSE_ALARM, TextKind.ALL_CLEAR):
        return
    found = lexicon.REASSURANCE.search(text.folded)
    if found is not None:
        yield _finding(
            text,
            f"The text says '{found.group()}' before anything is confirmed; give a fact instead.",
            found.group(),
        )


def _empathy(text: Text) -> Iterator[Finding]:
    is_long = text.channel in (Channel.WEB, Channel.EMAIL)
    if not (is_long and text.is_external and text.kind is TextKind.WAVE):
        return
    if _may_hurt(text.scenario) and not lexicon.EMPATHY.search(text.folded):
        yield _finding(text, "Somebody may be hurt, and the text has no word of care; add one.")


def _may_hurt(scenario: Scenario) -> bool:
    told = " ".join((scenario.title, scenario.purpose, *scenario.trigger))
    return lexicon.HARM.search(told.casefold()) is not None


def _emergency_number(text: Text) -> Iterator[Finding]:
    found = _NOT_112.search(text.folded)
    if found is not None:
        yield _finding(
            text,
            f"The text says '{found.group()}'; write '112 bara vid nöd', so that nobody in need "
            "holds back.",
            found.group(),
        )


def _characters(text: Text) -> Iterator[Finding]:
    if text.channel is Channel.SMS:
        for character in sorted(DOUBTFUL & set(text.source)):
            yield _finding(
                text,
                f"Some telephones show '{character}' as another letter; write it without.",
                character,
            )


RULES: tuple[Rule, ...] = (
    text_rule("L07", "A text is easy to read, its sentences short.", Severity.WARNING, _readable),
    text_rule("L08", "A text uses everyday words and says who acts.", Severity.WARNING, _plain),
    text_rule("L14", "A text does not calm before it is known.", Severity.WARNING, _comfort),
    text_rule("L15", "A text about harm holds a word of care.", Severity.WARNING, _empathy),
    text_rule("L17", "No text tells people not to call 112.", Severity.ERROR, _emergency_number),
    text_rule(
        "L20",
        "An SMS holds no character that telephones show wrongly.",
        Severity.WARNING,
        _characters,
    ),
)
"""The rules on how a message is worded."""
