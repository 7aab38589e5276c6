"""Numbers and addresses in the wrong place: invented ones in earnest, real ones where copies go."""

from __future__ import annotations

import re
from collections.abc import Iterator

from beredskap.domain.problem import Severity
from beredskap.domain.stakeholder import Stakeholder
from beredskap.library import files_of
from beredskap.readiness.rule import Evidence, Finding, Rule

_PEOPLE = "contact_lists/people.csv"
_ORGANISATION = "contact_lists/organisation.yaml"
_FICTITIOUS_NUMBER = re.compile(r"\+467017406(?:0[5-9]|[1-9]\d)")
"""The 95 numbers that PTS keeps for fiction, 070-174 06 05 to 99."""
_FICTITIOUS_DOMAIN = re.compile(r"(?:^|[.@])(?:example(?:\.(?:com|net|org))?|test|invalid)$")
"""What RFC 2606 keeps for examples."""
_MOBILE = re.compile(r"(?<![\d-])(?:\+46|0046|0)[ -]?7[02369](?:[ -]?\d){7}(?!\d)")
_MAIL = re.compile(r"[\w.+-]+@((?:[\w-]+\.)+[a-z]{2,})", re.IGNORECASE)
_REMOVES = "git rm --cached"


def is_fictitious(address: str) -> bool:
    """Say whether a number or mail address is one of those that belong to nobody."""
    if "@" in address:
        return _FICTITIOUS_DOMAIN.search(address.partition("@")[2].casefold()) is not None
    digits = re.sub(r"[^\d+]", "", address)
    national = re.sub(r"^(?:0046|0(?!0))", "+46", digits)
    return _FICTITIOUS_NUMBER.fullmatch(national) is not None


def _fictitious(evidence: Evidence) -> Iterator[Finding]:
    """Told once a scenario is adopted: until then the lists are an example to look at."""
    adopted = evidence.adopted & set(evidence.content.scenarios)
    if not adopted:
        return
    people = evidence.content.directory.people.values()
    invented = [person for person in people if any(map(is_fictitious, _addresses(person)))]
    if invented:
        yield Finding(
            file=_PEOPLE,
            line=evidence.line_of(_PEOPLE, invented[0].id),
            text=f"Scenarios are adopted for live use, and {len(invented)} people have invented "
            "numbers or addresses, so nobody would get the alert; write the real ones.",
        )
    known = evidence.content.directory.organisation
    if any(is_fictitious(mail) for mail in (known.mail_sender, known.mail_reply_to) if mail):
        yield Finding(
            file=_ORGANISATION,
            line=evidence.line_of(_ORGANISATION, "mail_"),
            text="Scenarios are adopted for live use, and our own mail address is invented; "
            "write the real one.",
        )
    for scenario in sorted(adopted):
        yield from _invented_in_files(evidence, scenario)


def _addresses(person: Stakeholder) -> Iterator[str]:
    return (point.address for point in person.contact_points)


def _invented_in_files(evidence: Evidence, scenario: str) -> Iterator[Finding]:
    for file in files_of(evidence.content, scenario):
        for line, address in _written(evidence, file):
            if is_fictitious(address):
                yield Finding(
                    file=file,
                    line=line,
                    text=f"The file is adopted for live use and holds the invented '{address}'; "
                    "write the real one.",
                )


def _written(evidence: Evidence, file: str) -> Iterator[tuple[int, str]]:
    """Yield (line, address) of every mobile number and mail address written in a file."""
    held = evidence.content.contents.get(file, b"").decode("utf-8", "replace")
    for pattern in (_MOBILE, _MAIL):
        for found in pattern.finditer(held):
            yield held[: found.start()].count("\n") + 1, found.group()


def _tracked(evidence: Evidence) -> Iterator[Finding]:
    """Our own published addresses may be anywhere; anybody's else may not be where copies go."""
    known = evidence.content.directory.organisation
    own = {mail.partition("@")[2] for mail in (known.mail_sender, known.mail_reply_to) if mail}
    for file in sorted(evidence.tracked & set(evidence.content.contents)):
        if file == _ORGANISATION:
            continue
        is_list = file.startswith("contact_lists/")
        real = [
            line
            for line, address in _written(evidence, file)
            if not is_fictitious(address) and (is_list or address.partition("@")[2] not in own)
        ]
        if real:
            yield Finding(
                file=file,
                line=min(real),
                text=f"git tracks the file, and {len(real)} real numbers or addresses are in it, "
                f"to be copied wherever the repository goes; run '{_REMOVES} {file}', add it to "
                ".gitignore, and have its history cleaned.",
            )


RULES: tuple[Rule, ...] = (
    Rule(
        id="contacts.fictitious",
        sentence="What is adopted for live use holds no invented number or address.",
        severity=Severity.WARNING,
        find=_fictitious,
    ),
    Rule(
        id="contacts.tracked",
        sentence="No real person's number or address is in a file that git tracks.",
        severity=Severity.ERROR,
        find=_tracked,
    ),
)
"""The rules on numbers and addresses."""
