"""The policy's rows about what steers: documents, meetings, letter, advertisements and values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta

from beredskap.domain.channel import Channel
from beredskap.domain.governance import DocumentKind, GoverningDocument, Meeting, MeetingKind
from beredskap.library import Content
from beredskap.readiness.policy import PolicyRule, Tally, tally
from beredskap.readiness.policy_people import units_with_staff
from beredskap.readiness.policy_wording import texts_of

GOVERNANCE = "contact_lists/governance.yaml"
_LATE = 1.5
"""A meeting is late when so many of its intervals have gone since the last."""
_A_MONTH = 31
_FEEDBACK = re.compile(r"återkoppling|feedback", re.IGNORECASE)
_MEDIA = re.compile(r"\bmedi(?:er|erna|a)\b", re.IGNORECASE)
_FREEDOM = re.compile(
    r"rätt\b|får (?:du )?(?:alltid|ändå|också|själv)|right to|free to", re.IGNORECASE
)
_HEADINGS = {
    "mål": re.compile(r"mål|goal", re.IGNORECASE),
    "prioriteringar": re.compile(r"priorit", re.IGNORECASE),
    "beslut": re.compile(r"beslut|decision", re.IGNORECASE),
    "förändringar": re.compile(r"förändring|change", re.IGNORECASE),
    "uppdrag": re.compile(r"uppdrag|\btask", re.IGNORECASE),
}
"""The five headings of the managers' letter."""


def _own_policies(content: Content) -> list[GoverningDocument]:
    return [
        document
        for document in content.governance.documents.values()
        if document.kind is DocumentKind.POLICY and document.rests_on is not None
    ]


def _resting_policies(content: Content, today: date) -> Tally:
    """Each policy of our own is reviewed in time, and after the one it rests on."""
    documents = content.governance.documents
    judged = {one.id: _rests_well(one, documents, today) for one in _own_policies(content)}
    if documents and not judged:
        judged = {DocumentKind.POLICY.value: False}
    return tally(judged, GOVERNANCE)


def _rests_well(
    document: GoverningDocument, documents: Mapping[str, GoverningDocument], today: date
) -> bool:
    parent = documents.get(document.rests_on or "")
    due = document.reviewed_on + timedelta(days=document.review_interval_days)
    return (
        parent is not None
        and bool(document.version)
        and parent.reviewed_on <= document.reviewed_on
        and due >= today
    )


def _known_policy(content: Content, today: date) -> Tally:
    """Each unit went through the latest version of our own policy."""
    own = _own_policies(content)
    if not own:
        return tally({}, GOVERNANCE)
    known = set.intersection(*(set(document.known_in) for document in own))
    return tally({unit: unit in known for unit in content.directory.units}, GOVERNANCE)


def _plan_of_the_year(content: Content, today: date) -> Tally:
    """A communication plan for this year is decided."""
    documents = content.governance.documents
    if not documents:
        return tally({}, GOVERNANCE)
    plans = {
        document.id: document.decided_on is not None and document.decided_on <= today
        for document in documents.values()
        if document.kind is DocumentKind.PLAN and document.year == today.year
    }
    return tally(plans or {f"{DocumentKind.PLAN.value} {today.year}": False}, GOVERNANCE)


def _media_relations(content: Content, today: date) -> Tally:
    """The guidelines are in the register, and staff are told of their freedom to speak."""
    judged = {
        name: bool(_FREEDOM.search(source))
        for template in content.templates.values()
        if template.audience_kind == "internal"
        for name, source in texts_of(template, Channel.EMAIL, Channel.INTRANET)
        if _MEDIA.search(source)
    }
    documents = content.governance.documents.values()
    if judged or documents:
        kinds = {document.kind for document in documents}
        judged[DocumentKind.MEDIA.value] = DocumentKind.MEDIA in kinds
    return tally(judged, f"message_templates, {GOVERNANCE}")


def _of_kind(content: Content, kind: MeetingKind) -> list[Meeting]:
    return [meeting for meeting in content.governance.meetings if meeting.kind is kind]


def _kept_its_pace(meeting: Meeting, today: date) -> bool:
    since = (today - meeting.last_on).days
    return 0 <= since <= _LATE * meeting.interval_days


def _by_meeting(content: Content, kind: MeetingKind, judged: dict[str, bool]) -> Tally:
    """Return the count by meeting; a register without the kind lacks it."""
    if content.governance.meetings and not judged:
        judged = {kind.value: False}
    return tally(judged, GOVERNANCE)


def _feedback(content: Content, today: date) -> Tally:
    """Each management meeting has feedback on its agenda."""
    kind = MeetingKind.MANAGEMENT
    judged = {
        meeting.name: any(map(_FEEDBACK.search, meeting.agenda))
        for meeting in _of_kind(content, kind)
    }
    return _by_meeting(content, kind, judged)


def _managers_meetings(content: Content, today: date) -> Tally:
    """Each managers' meeting kept its pace."""
    return _paced(content, MeetingKind.MANAGERS, today)


def _joint_councils(content: Content, today: date) -> Tally:
    """Each joint council kept its pace."""
    return _paced(content, MeetingKind.JOINT_COUNCIL, today)


def _paced(content: Content, kind: MeetingKind, today: date) -> Tally:
    judged = {one.name: _kept_its_pace(one, today) for one in _of_kind(content, kind)}
    return _by_meeting(content, kind, judged)


def _workplace_meetings(content: Content, today: date) -> Tally:
    """Each unit with staff had its workplace meeting on time."""
    return _by_unit(content, MeetingKind.WORKPLACE, today, None)


def _work_meetings(content: Content, today: date) -> Tally:
    """Each unit with staff had its work meeting on time, once a month at least."""
    return _by_unit(content, MeetingKind.WORK, today, _A_MONTH)


def _by_unit(content: Content, kind: MeetingKind, today: date, longest: int | None) -> Tally:
    if not content.governance.meetings:
        return tally({}, GOVERNANCE)
    held = {
        unit
        for meeting in _of_kind(content, kind)
        if _kept_its_pace(meeting, today) and (longest is None or meeting.interval_days <= longest)
        for unit in meeting.units
    }
    judged = {unit: unit in held for unit in units_with_staff(content.directory)}
    return tally(judged, GOVERNANCE)


def _letter(content: Content, today: date) -> Tally:
    """The managers' letter has its five headings."""
    headings = content.governance.letter_headings
    if not headings:
        return tally({}, GOVERNANCE)
    return tally(
        {name: any(map(told.search, headings)) for name, told in _HEADINGS.items()}, GOVERNANCE
    )


def _advertisements(content: Content, today: date) -> Tally:
    """Each advertisement gives the web address, and is booked or still can be."""
    web = content.directory.organisation.web
    return tally(
        {
            one.month: bool(web) and web in one.text and (one.is_booked or one.book_by >= today)
            for one in content.governance.advertisements
        },
        GOVERNANCE,
    )


def _values(content: Content, today: date) -> Tally:
    """Each value is carried by the words of a text or a follow-up step."""
    said = [source for one in content.templates.values() for source in one.sources.values()]
    said += [one.text for scenario in content.scenarios.values() for one in scenario.follow_up]
    told = "\n".join(said).casefold()
    return tally(
        {value.name: value.said_as.casefold() in told for value in content.governance.values},
        GOVERNANCE,
    )


RULES: Mapping[str, PolicyRule] = {
    "P0-02": _resting_policies,
    "P3-09": _known_policy,
    "P3-14": _plan_of_the_year,
    "P3-18": _media_relations,
    "P5-04": _feedback,
    "P5-05": _managers_meetings,
    "P5-08": _joint_councils,
    "P5-11": _workplace_meetings,
    "P5-15": _work_meetings,
    "P5-17": _letter,
    "P5-24": _advertisements,
    "P6-03": _values,
}
"""Row → the rule that judges it."""
