"""What no message may do: tell of a person, lead astray, mistake a drill, or say two things."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import date

from beredskap.domain.message import Approval, MessageTemplate
from beredskap.domain.problem import Severity
from beredskap.domain.scenario import FactType
from beredskap.readiness import lexicon
from beredskap.readiness.rule import Evidence, Finding, Rule, text_rule
from beredskap.readiness.texts import Text

_PERSONAL_NUMBER = re.compile(r"(?<!\d)(?:\d{2})?(\d{2})(\d{2})(\d{2})[-+]?(\d{4})(?!\d)")
_DOMAIN = re.compile(r"(?:https?://|www\.|@)?((?:[a-z0-9-]+\.)+(?:[a-z]{2,}))(?=[^\w]|$)")
_MAY_COUNT = re.compile(r"\d{6}")
_MAY_LEAD = re.compile(r"\.[a-z]")
_SHORTENERS = frozenset({"bit.ly", "tinyurl.com", "t.co", "goo.gl", "is.gd", "ow.ly", "buff.ly"})
_PLACEHOLDER = re.compile(
    r"\{\{|\}\}|\[[^\]\n]{1,40}\]|<[a-zåäö_ ]{1,30}>|_{3,}|\.{4,}"
    r"|\b(?:xx+|nn|tbd|todo|fixme|undefined)\b"
)
_TOKEN = re.compile(r"\d+(?:[.:]\d+)*")
_FORBIDS = re.compile(r"(?:aldrig|inte|inga|never|not|no)\s+\w*\s*$")
_PRINTED = re.compile(r"\{\{-?\s*fact\.(\w+)")
_APPROVERS = 2


def _finding(text: Text, sentence: str, word: str = "") -> Finding:
    return Finding(file=text.file, line=text.line_of(word) if word else 0, text=sentence)


def _personal_numbers(text: Text) -> Iterator[Finding]:
    for found in _PERSONAL_NUMBER.finditer(text.source) if _MAY_COUNT.search(text.source) else ():
        if _may_be_a_birthday(found[2], found[3]):
            yield _finding(
                text,
                "The text holds what looks like a personal identity number; take it out.",
                found.group(),
            )
    health = lexicon.HEALTH.search(text.folded)
    if health is not None:
        yield _finding(
            text,
            f"The text says '{health.group()}', which tells of somebody's need; leave it out.",
            health.group(),
        )


def _may_be_a_birthday(month: str, day: str) -> bool:
    """Say whether digits can be a month and a day; a co-ordination number's day has 60 added."""
    try:
        date(2000, int(month), int(day) % 60)
    except ValueError:
        return False
    return True


def _no_person(evidence: Evidence) -> Iterator[Finding]:
    for text in evidence.texts:
        yield from _personal_numbers(text)
    sources = {
        f"message_templates/{template.id}/{channel.value}.{language}.j2": source
        for template in evidence.content.templates.values()
        for (channel, language), source in template.sources.items()
    }
    everything = "\n".join(sources.values())
    people = evidence.content.directory.people.values()
    names = [person.name for person in people if " " in person.name and person.name in everything]
    for name in names:
        named = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
        for file, source in sources.items():
            for found in named.finditer(source):
                yield Finding(
                    file=file,
                    line=source[: found.start()].count("\n") + 1,
                    text="The text names a person of the lists; write the role instead.",
                )


def _links(text: Text) -> Iterator[Finding]:
    known = text.directory.organisation
    own = {known.web, *(m.partition("@")[2] for m in (known.mail_reply_to, known.mail_sender))}
    for found in _DOMAIN.finditer(text.folded) if _MAY_LEAD.search(text.folded) else ():
        domain = found[1].removeprefix("www.")
        if domain in own or domain in lexicon.OFFICIAL_DOMAINS or _is_abbreviation(domain):
            continue
        kind = "a shortened link" if domain in _SHORTENERS else f"an address at '{domain}'"
        yield _finding(text, f"The text leads to {kind}; give our own web address or none.", domain)
    asked = lexicon.ASKS_FOR_SECRETS.search(text.folded)
    if asked is not None and not _FORBIDS.search(text.folded[: asked.start()]):
        yield _finding(
            text,
            "The text asks for a code or login, as swindlers do; take that out.",
            asked.group(),
        )


def _is_abbreviation(found: str) -> bool:
    """Say whether it is a word such as "t.ex", or a missing space, rather than an address."""
    *labels, last = found.split(".")
    return all(len(label) <= 1 for label in labels) or last not in _TOPS


_PLACES = (FactType.PLACE, FactType.UNIT)
_TOPS = frozenset({
    "se", "com", "org", "net", "nu", "eu", "info", "example", "io", "ly", "co", "gl", "gd",
    "stockholm", "dev", "app",
})  # fmt: skip
"""Ends of addresses; what ends otherwise is a word with a point in it."""


def _drill_speech(text: Text) -> Iterator[Finding]:
    """The reverse of the drill mark: every text goes out in drills too, with its mark."""
    claimed = lexicon.CLAIMS_TO_BE_REAL.search(text.folded)
    spoken = claimed or lexicon.DRILL_SPEECH.search(text.folded)
    if spoken is None:
        return
    why = "it is sent in drills too" if claimed else "it is sent in earnest too"
    yield _finding(
        text, f"The text says '{spoken.group()}', and {why}; take it out.", spoken.group()
    )


def _placeholders(text: Text) -> Iterator[Finding]:
    found = _PLACEHOLDER.search(text.folded)
    if found is not None:
        yield _finding(
            text,
            f"The text holds '{found.group()}', which nobody filled in; write it.",
            found.group(),
        )


def _languages(evidence: Evidence) -> Iterator[Finding]:
    """Numbers, times and the facts' places are compared; the words are for a translator."""
    by_text: dict[tuple[str, str, str, bool], dict[str, Text]] = {}
    for text in evidence.texts:
        key = (text.scenario.id, text.template.id, text.channel.value, text.is_longest)
        by_text.setdefault(key, {})[text.language] = text
    for variants in by_text.values():
        first = variants.get(evidence.content.directory.organisation.locale)
        for text in variants.values():
            if first is None or text is first or not text.is_longest:
                continue
            missing, added = _facts_of(first) - _facts_of(text), _facts_of(text) - _facts_of(first)
            if missing or added:
                told = ", ".join(sorted(missing | added))
                yield _finding(
                    text,
                    f"The languages differ in {told}; give the same facts in all of them.",
                )


def _facts_of(text: Text) -> frozenset[str]:
    """Return the numbers and times of a text, and the places its source prints, by fact."""
    kinds = {fact.id: fact.type for fact in text.scenario.facts}
    printed = {
        f"fact.{fact}" for fact in _PRINTED.findall(text.source) if kinds.get(fact) in _PLACES
    }
    return frozenset(_TOKEN.findall(text.whole)) | printed


def text_digest(template: MessageTemplate) -> str:
    """Return the SHA-256, in hex, of what an approval of a template covers: all its sources."""
    told = hashlib.sha256()
    for (channel, language), source in sorted(template.sources.items()):
        told.update(f"{channel.value}.{language}\0{source}\0".encode())
    for language, source in sorted(template.html_sources.items()):
        told.update(f"html.{language}\0{source}\0".encode())
    return told.hexdigest()


def _approvals(evidence: Evidence) -> Iterator[Finding]:
    """Until its scenario is adopted a text is a proposal, and needs nobody's word."""
    used = {text.template.id for text in evidence.texts if text.scenario.id in evidence.adopted}
    for template in evidence.content.templates.values():
        file = f"message_templates/{template.id}/template.yaml"
        digest = text_digest(template)
        valid = [approval for approval in template.approvals if approval.digest == digest]
        for approval in template.approvals:
            if approval.digest != digest:
                yield Finding(
                    file=file,
                    text=f"The text was changed after {approval.role} approved it; have it "
                    f"approved again (its digest is now {digest}).",
                    severity=Severity.ERROR,
                )
        if template.id in used and template.audience_kind == "external" and not _are_two(valid):
            yield Finding(
                file=file,
                text="The text goes to people outside and must be approved by two roles, by two "
                f"officers; add them under `approvals` (its digest is {digest}).",
            )


def _are_two(approvals: list[Approval]) -> bool:
    roles = {approval.role for approval in approvals}
    officers = {approval.officer for approval in approvals}
    return min(len(roles), len(officers)) >= _APPROVERS


RULES: tuple[Rule, ...] = (
    Rule(
        id="L09",
        sentence="A text tells of no person: no number, name or need.",
        severity=Severity.ERROR,
        find=_no_person,
    ),
    text_rule(
        "L10",
        "A text leads to official addresses only and asks for no codes.",
        Severity.ERROR,
        _links,
    ),
    text_rule(
        "L12",
        "A text says neither that it is a drill nor that it is not.",
        Severity.ERROR,
        _drill_speech,
    ),
    text_rule("L13", "A text has no place left to fill in.", Severity.ERROR, _placeholders),
    Rule(
        id="L18",
        sentence="A text to people outside is approved by two roles, as it reads now.",
        severity=Severity.WARNING,
        find=_approvals,
    ),
    Rule(
        id="L19",
        sentence="A text gives the same facts in every language.",
        severity=Severity.ERROR,
        find=_languages,
    ),
)
"""The rules on what a message may never do."""
