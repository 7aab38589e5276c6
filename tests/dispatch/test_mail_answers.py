"""Answers by mail: known by the message they name, never by the address they claim to come from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from beredskap.domain.attempt import AttemptStatus, FailureClass
from beredskap.domain.envelope import ProviderReport
from beredskap.domain.log import LogKind
from beredskap.domain.reach import ReachClass
from tests.dispatch.staged import DEPUTY, NEXT, RETRY, PersonSpec, Stage, WaveSpec

MakeStage = Callable[..., Stage]
ANNA = PersonSpec(name="anna", email="anna@norrmalm.example", deputy="ove")
OVE = PersonSpec(name="ove", sms="+46701740606", is_standby=True)


def asks(*people: str, **more: object) -> WaveSpec:
    """Return a wave in which everybody is to answer."""
    return WaveSpec(id="alarm", people=people, **more)  # type: ignore[arg-type]


def answer(s: Stage, text: str, *, to: str | None, sender: str = "anna@norrmalm.example") -> None:
    """Let a mail come in that names a message of ours, or none."""
    s.email.reply(sender, text)
    s.email.replies[-1] = replace(s.email.replies[-1], in_reply_to=to)


async def test_a_mail_that_names_our_message_is_its_answer(staged: MakeStage) -> None:
    s = staged([ANNA, OVE], [asks("anna")])
    await s.settle()
    answer(s, "1", to=s.email.sent[0].client_ref)
    await s.advance(seconds=30)
    assert s.reach()["anna"] is ReachClass.ACKNOWLEDGED


async def test_an_answer_from_another_address_of_hers_counts_by_the_message_it_names(
    staged: MakeStage,
) -> None:
    s = staged([ANNA, OVE], [asks("anna")])
    await s.settle()
    answer(s, "1", to=s.email.sent[0].client_ref, sender="anna.privat@post.example")
    await s.advance(seconds=30)
    assert s.reach()["anna"] is ReachClass.ACKNOWLEDGED


async def test_the_right_address_alone_is_not_enough(staged: MakeStage) -> None:
    s = staged([ANNA, OVE], [asks("anna")])
    await s.settle()
    for named in (None, "0a1b2c3d.999.1", "x", "..", "a.b.c"):
        answer(s, "1", to=named)
    await s.advance(seconds=30)
    assert s.reach()["anna"] is not ReachClass.ACKNOWLEDGED
    unread = s.log(LogKind.REPLY_UNCLEAR)
    assert [subject for _, subject, _ in unread] == ["anna"] * 5


async def test_a_no_by_mail_calls_in_the_deputy_at_once(staged: MakeStage) -> None:
    s = staged([ANNA, OVE], [asks("anna")])
    await s.settle()
    answer(s, "2", to=s.email.sent[0].client_ref)
    await s.advance(seconds=30)
    assert s.sms.people_sent() == ["ove"]


async def test_a_note_of_absence_answers_nothing_and_lets_the_ladder_go_on_at_once(
    staged: MakeStage,
) -> None:
    s = staged([ANNA, OVE], [asks("anna", ladder=(DEPUTY, RETRY))])
    await s.settle()
    answer(s, "1 Jag är på semester", to=s.email.sent[0].client_ref)
    s.email.replies[-1] = replace(s.email.replies[-1], is_automatic=True)
    await s.advance(seconds=30)
    assert s.reach()["anna"] is not ReachClass.ACKNOWLEDGED
    assert s.sms.people_sent() == ["ove"]
    await s.advance(seconds=30)
    assert s.sms.people_sent() == ["ove"], "one note hastens one rung"


async def test_somebody_elses_note_of_absence_hastens_nobody(staged: MakeStage) -> None:
    s = staged([ANNA, OVE], [asks("anna", ladder=(DEPUTY,))])
    await s.settle()
    answer(s, "Semester", to=None)
    s.email.replies[-1] = replace(s.email.replies[-1], is_automatic=True)
    await s.advance(seconds=30)
    assert s.sms.sent == []


async def test_a_bounce_that_comes_later_leads_to_the_next_contact_point(
    staged: MakeStage,
) -> None:
    later = PersonSpec(name="bo", sms="+46701740607", email="bo@norrmalm.example")
    s = staged([later], [asks("bo", ladder=(NEXT, RETRY))])
    await s.settle()
    await s.advance(minutes=6)
    assert s.email.people_sent() == ["bo"]
    s.email.reports.append(
        ProviderReport(
            provider="imap",
            provider_id=f"{s.email.sent[0].client_ref}/1",
            status=AttemptStatus.FAILED_PERMANENT,
            provider_status="dsn-failed",
            code="5.1.1",
            failure=FailureClass.ADDRESS,
            at=s.clock.now(),
        )
    )
    await s.advance(seconds=30)
    (news,) = [codes for _, _, codes in s.log(LogKind.ATTEMPT_NEWS) if codes.get("code") == "5.1.1"]
    assert news["status"] == "failed_permanent"


async def test_an_answer_after_a_resend_of_the_same_message_counts_once(staged: MakeStage) -> None:
    s = staged([ANNA, OVE], [asks("anna")])
    await s.settle()
    for _ in range(2):
        answer(s, "1", to=s.email.sent[0].client_ref)
    await s.advance(seconds=30)
    assert s.reach()["anna"] is ReachClass.ACKNOWLEDGED
    late = [codes["late"] for _, _, codes in s.log(LogKind.ACKNOWLEDGED)]
    assert late == [False, True]
