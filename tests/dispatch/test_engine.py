"""The engine over a real ledger, on a held clock: one story for each thing that can happen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from beredskap.domain.attempt import AttemptStatus, FailureClass
from beredskap.domain.cascade import CascadeStatus, move_cascade
from beredskap.domain.channel import Channel
from beredskap.domain.envelope import LookUp, ProviderReport, SendResult
from beredskap.domain.log import LogKind
from beredskap.domain.reach import ReachClass
from beredskap.domain.scenario import (
    AcknowledgementRule,
    Opening,
    OpensWhen,
    RuleKind,
    UncertainPolicy,
)
from beredskap.review import export_lines, figures, tell
from beredskap.store.cases import lock_cascade, save_cascade
from beredskap.store.log_book import chain_head, count_entries, read_entries
from beredskap.store.reading import read_attempt_lines
from tests.dispatch.staged import (
    DEAD,
    DEPUTY,
    NEXT,
    NO_ANSWER,
    PASSING,
    REFUSED,
    RETRY,
    UNKNOWN,
    PersonSpec,
    Stage,
    WaveSpec,
)

MakeStage = Callable[..., Stage]
KARI = PersonSpec(name="kari", sms="+46701740605", email="kari@norrmalm.example", deputy="ove")
OVE = PersonSpec(name="ove", sms="+46701740606", is_standby=True)
LISA = PersonSpec(name="lisa", sms="+46701740607")


def everyone(*people: str, **more: object) -> WaveSpec:
    """Return a wave in which everybody is to answer."""
    return WaveSpec(id="alarm", people=people, **more)  # type: ignore[arg-type]


async def test_nothing_leaves_before_the_hold_runs_out(staged: MakeStage) -> None:
    s = staged([LISA], [everyone("lisa")], hold_seconds=8)
    await s.advance(seconds=7.9)
    assert s.sms.sent == []
    assert s.cascade_status() is CascadeStatus.HELD
    await s.advance(seconds=0.1)
    assert s.sms.people_sent() == ["lisa"]


async def test_an_answer_ends_the_wave_and_the_cascade(staged: MakeStage) -> None:
    s = staged([LISA], [everyone("lisa")])
    await s.settle()
    assert s.reach() == {"lisa": ReachClass.HANDED_OVER}
    s.sms.reply("+46701740607", "1")
    await s.settle()
    assert s.reach() == {"lisa": ReachClass.ACKNOWLEDGED}
    assert s.evidence()["lisa"].answer == "coming"
    assert s.wave_statuses() == {"alarm": "satisfied"}
    assert s.cascade_status() is CascadeStatus.COMPLETED


async def test_the_same_reply_fetched_twice_is_recorded_once(staged: MakeStage) -> None:
    s = staged([LISA], [everyone("lisa")])
    await s.settle()
    s.sms.reply("+46701740607", "1")
    await s.settle()
    await s.settle()
    assert len(s.log(LogKind.ACKNOWLEDGED)) == 1


async def test_a_reply_that_cannot_be_read_is_kept_for_an_officer(staged: MakeStage) -> None:
    s = staged([LISA], [everyone("lisa")])
    await s.settle()
    s.sms.reply("+46701740607", "vad menas?")
    await s.settle()
    assert s.reach() == {"lisa": ReachClass.HANDED_OVER}
    assert [subject for _, subject, _ in s.log(LogKind.REPLY_UNCLEAR)] == ["lisa"]
    with s.ledger.read() as tx:
        assert figures(tx, s.incident.id).unclear_replies == 1
        entries = read_entries(tx, s.incident.id, kinds=(LogKind.REPLY_UNCLEAR,))
        (line,) = tell(tx, entries, lang="sv", zone="Europe/Stockholm")
    assert line.text.endswith("gick inte att tolka: vad menas?")
    assert "vad menas" not in "\n".join(export_lines(s.ledger, s.incident.id, False))


async def test_a_dead_number_goes_to_mail_at_once(staged: MakeStage) -> None:
    s = staged([KARI, OVE], [everyone("kari")])
    s.sms.told["kari"] = [DEAD]
    await s.settle()
    assert s.email.people_sent() == ["kari"]
    assert s.reach()["kari"] is ReachClass.HANDED_OVER


async def test_the_deputy_is_called_in_at_once_when_every_address_is_dead(
    staged: MakeStage,
) -> None:
    s = staged([KARI, OVE], [everyone("kari")])
    s.sms.told["kari"], s.email.told["kari"] = [DEAD], [DEAD]
    await s.settle()
    assert s.reach() == {"kari": ReachClass.NOT_REACHED, "ove": ReachClass.HANDED_OVER}
    assert s.evidence()["kari"].reason == "dead_addresses"
    assert s.evidence()["ove"].stands_in_for == "kari"


async def test_a_no_calls_in_the_deputy_at_once(staged: MakeStage) -> None:
    s = staged([KARI, OVE], [everyone("kari")])
    await s.settle()
    s.sms.reply("+46701740605", "2")
    await s.settle()
    assert s.sms.people_sent() == ["kari", "ove"]
    assert s.reach()["kari"] is ReachClass.ACKNOWLEDGED


async def test_a_passing_failure_is_tried_three_times_before_the_next_channel(
    staged: MakeStage,
) -> None:
    s = staged([KARI, OVE], [everyone("kari")])
    s.sms.told["kari"] = [PASSING, PASSING, PASSING]
    for _ in range(12):
        await s.advance(minutes=1)
    assert s.sms.people_sent() == ["kari"] * 3
    assert s.email.people_sent() == ["kari"]


async def test_silence_climbs_the_ladder_rung_by_rung(staged: MakeStage) -> None:
    s = staged([KARI, OVE], [everyone("kari", ladder=(RETRY, NEXT, DEPUTY))])
    await s.settle()
    assert (len(s.sms.sent), len(s.email.sent)) == (1, 0)
    await s.advance(minutes=5)
    assert (len(s.sms.sent), len(s.email.sent)) == (2, 0)
    await s.advance(minutes=5)
    assert (len(s.sms.sent), len(s.email.sent)) == (2, 1)
    await s.advance(minutes=5)
    assert s.sms.people_sent() == ["kari", "kari", "ove"]
    assert [codes["for"] for _, _, codes in s.log(LogKind.DEPUTY_PROMOTED)] == ["kari"]


async def test_the_deputys_answer_satisfies_the_duty_but_counts_for_the_deputy(
    staged: MakeStage,
) -> None:
    s = staged([KARI, OVE], [everyone("kari", ladder=(DEPUTY,))])
    await s.settle()
    await s.advance(minutes=5)
    s.sms.reply("+46701740606", "1")
    await s.settle()
    assert s.reach() == {"kari": ReachClass.HANDED_OVER, "ove": ReachClass.ACKNOWLEDGED}
    assert s.wave_statuses() == {"alarm": "satisfied"}


async def test_time_running_out_expires_the_wave_with_a_reason_for_everybody(
    staged: MakeStage,
) -> None:
    s = staged([LISA], [everyone("lisa", allowed_seconds=600)])
    await s.settle()
    await s.advance(minutes=10)
    assert s.wave_statuses() == {"alarm": "expired"}
    assert s.evidence()["lisa"].reason == "no_answer"
    assert s.cascade_status() is CascadeStatus.COMPLETED


async def test_a_late_answer_is_logged_and_counts_as_reached(staged: MakeStage) -> None:
    s = staged([LISA], [everyone("lisa", allowed_seconds=600)])
    await s.settle()
    await s.advance(minutes=11)
    s.sms.reply("+46701740607", "1")
    await s.settle()
    assert s.reach() == {"lisa": ReachClass.ACKNOWLEDGED}
    assert [codes["late"] for _, _, codes in s.log(LogKind.ACKNOWLEDGED)] == [True]


async def test_the_first_yes_cancels_the_rest(staged: MakeStage) -> None:
    rule = AcknowledgementRule(kind=RuleKind.FIRST)
    s = staged([LISA, KARI, OVE], [everyone("lisa", "kari", rule=rule)])
    await s.settle()
    s.sms.reply("+46701740607", "1")
    await s.settle()
    assert s.wave_statuses() == {"alarm": "satisfied"}
    assert s.reach()["kari"] is ReachClass.HANDED_OVER


async def test_a_wave_waits_for_the_one_it_follows(staged: MakeStage) -> None:
    after = Opening(when=OpensWhen.EXPIRED, wave="alarm")
    second = WaveSpec(id="second", people=("kari",), opening=after, rule=NO_ANSWER)
    s = staged([LISA, KARI, OVE], [everyone("lisa", allowed_seconds=600), second])
    await s.settle()
    assert s.sms.people_sent() == ["lisa"]
    await s.advance(minutes=10)
    assert s.sms.people_sent() == ["lisa", "kari"]


async def test_a_wave_that_can_never_open_is_cancelled_and_its_people_are_rows(
    staged: MakeStage,
) -> None:
    after = Opening(when=OpensWhen.EXPIRED, wave="alarm")
    second = WaveSpec(id="second", people=("kari",), opening=after, rule=NO_ANSWER)
    s = staged([LISA, KARI, OVE], [everyone("lisa"), second])
    await s.settle()
    s.sms.reply("+46701740607", "1")
    await s.settle()
    assert s.wave_statuses() == {"alarm": "satisfied", "second": "cancelled"}
    assert s.reach()["kari"] is ReachClass.NOT_REACHED
    assert s.cascade_status() is CascadeStatus.COMPLETED


async def test_information_without_an_answer_is_handed_over_never_reached(
    staged: MakeStage,
) -> None:
    s = staged([LISA], [everyone("lisa", rule=NO_ANSWER)])
    await s.settle()
    assert s.reach() == {"lisa": ReachClass.HANDED_OVER}
    assert s.cascade_status() is CascadeStatus.RUNNING
    s.sms.reports = [
        ProviderReport(
            provider="told",
            provider_id=f"{s.sms.sent[0].client_ref}/1",
            status=AttemptStatus.DELIVERED,
            provider_status="delivered",
        )
    ]
    await s.settle()
    assert s.reach() == {"lisa": ReachClass.DELIVERED}
    assert s.cascade_status() is CascadeStatus.COMPLETED


async def test_silence_of_the_carrier_is_said_after_a_quarter_of_an_hour(
    staged: MakeStage,
) -> None:
    s = staged([LISA], [everyone("lisa", rule=NO_ANSWER)])
    await s.settle()
    await s.advance(minutes=15)
    assert s.evidence()["lisa"].statuses == {AttemptStatus.DELIVERY_UNKNOWN}
    assert s.cascade_status() is CascadeStatus.COMPLETED


async def test_a_negative_receipt_moves_on_to_mail(staged: MakeStage) -> None:
    s = staged([KARI, OVE], [everyone("kari")])
    await s.settle()
    s.sms.reports = [
        ProviderReport(
            provider="told",
            provider_id=f"{s.sms.sent[0].client_ref}/1",
            status=AttemptStatus.FAILED_PERMANENT,
            failure=FailureClass.ADDRESS,
            provider_status="undelivered",
            code="30005",
        )
    ]
    await s.settle()
    assert s.email.people_sent() == ["kari"]


async def test_an_uncertain_attempt_is_shown_and_never_sent_again_by_itself(
    staged: MakeStage,
) -> None:
    s = staged([LISA], [everyone("lisa", ladder=(RETRY,))])
    s.sms.told["lisa"] = [UNKNOWN]
    await s.settle()
    await s.advance(minutes=20)
    assert s.reach() == {"lisa": ReachClass.UNCERTAIN}
    assert len(s.sms.sent) == 1


async def test_an_uncertain_attempt_found_at_the_provider_is_settled(staged: MakeStage) -> None:
    s = staged([LISA], [everyone("lisa")])
    s.sms.told["lisa"] = [UNKNOWN]
    s.sms.found["lisa"] = LookUp(
        is_complete=True,
        candidates=(SendResult(status=AttemptStatus.DELIVERED, provider_id="SM1"),),
    )
    await s.settle()
    assert s.reach() == {"lisa": ReachClass.DELIVERED}
    assert len(s.sms.sent) == 1


async def test_a_message_that_another_attempt_owns_proves_nothing(staged: MakeStage) -> None:
    s = staged([LISA], [everyone("lisa", ladder=(RETRY,))])
    await s.settle()
    owned = f"{s.sms.sent[0].client_ref}/1"
    s.sms.told["lisa"] = [UNKNOWN]
    s.sms.found["lisa"] = LookUp(
        is_complete=True,
        candidates=(SendResult(status=AttemptStatus.ACCEPTED, provider_id=owned),),
    )
    await s.advance(minutes=5)
    with s.ledger.read() as tx:
        lines = read_attempt_lines(tx, s.incident.id, "lisa")
    assert [line.status.value for line in lines] == ["accepted", "uncertain"]


async def test_life_safety_sends_again_after_two_complete_lists_and_says_so(
    staged: MakeStage,
) -> None:
    s = staged([LISA], [everyone("lisa", uncertain=UncertainPolicy.RESEND)])
    s.sms.told["lisa"] = [UNKNOWN]
    for _ in range(4):
        await s.settle()
    assert len(s.sms.sent) == 2
    assert s.sms.sent[0].client_ref == s.sms.sent[1].client_ref
    with s.ledger.read() as tx:
        lines = read_attempt_lines(tx, s.incident.id, "lisa")
    assert [(line.status.value, line.possible_duplicate) for line in lines] == [
        ("uncertain", False),
        ("accepted", True),
    ]
    assert len(s.log(LogKind.ATTEMPT_DECIDED)) == 1


async def test_an_incomplete_list_proves_nothing(staged: MakeStage) -> None:
    s = staged([LISA], [everyone("lisa", uncertain=UncertainPolicy.RESEND)])
    s.sms.told["lisa"] = [UNKNOWN]
    s.sms.found["lisa"] = LookUp(is_complete=False)
    for _ in range(6):
        await s.settle()
    assert len(s.sms.sent) == 1
    assert s.reach() == {"lisa": ReachClass.UNCERTAIN}


async def test_a_crash_on_the_wire_leaves_uncertain_rows_and_loses_nobody(
    staged: MakeStage,
) -> None:
    people = [PersonSpec(name=f"p{n}", sms=f"+467017406{n:02d}") for n in range(10, 20)]
    s = staged(people, [everyone(*(p.name for p in people), rule=NO_ANSWER)])

    s.sms.hangs_after = 4
    lost = asyncio.ensure_future(s.engine.settle())
    await s.sms.hangs.wait()
    lost.cancel()
    s.sms.hangs_after = None
    await s.restart()
    await s.settle()
    reach = s.reach()
    assert set(reach) == {p.name for p in people}
    uncertain = {name for name, found in reach.items() if found is ReachClass.UNCERTAIN}
    assert uncertain
    assert set(s.sms.people_sent()) | uncertain == set(reach)
    assert len(s.sms.people_sent()) == len(set(s.sms.people_sent()))


async def test_a_route_that_refuses_us_stops_with_one_alarm_and_people_go_elsewhere(
    staged: MakeStage,
) -> None:
    people = [
        PersonSpec(name=f"p{n}", sms=f"+467017406{n:02d}", email=f"p{n}@norrmalm.example")
        for n in range(20, 32)
    ]
    s = staged(people, [everyone(*(p.name for p in people))])
    s.sms.is_ready = False
    for person in people:
        s.sms.told[person.name] = [REFUSED] * 3
    await s.settle()
    assert len(s.log(LogKind.ROUTE_ALARM)) == 1
    assert len(s.sms.sent) <= s.sms.route.max_in_flight + s.sms.route.chunk
    assert sorted(s.email.people_sent()) == sorted(p.name for p in people)


async def test_a_person_without_a_served_channel_waits_and_the_reason_is_shown(
    staged: MakeStage,
) -> None:
    s = staged(
        [LISA, KARI, OVE],
        [everyone("lisa", "kari", allowed_seconds=600)],
        served=(Channel.EMAIL,),
    )
    await s.settle()
    assert s.email.people_sent() == ["kari"]
    assert s.evidence()["lisa"].reason == "route_stopped"
    await s.advance(minutes=11)
    assert s.evidence()["lisa"].reason == "route_stopped"
    assert s.reach()["lisa"] is ReachClass.NOT_REACHED


async def test_a_paused_cascade_sends_nothing_until_it_is_resumed(staged: MakeStage) -> None:
    s = staged([LISA, KARI, OVE], [everyone("lisa", "kari")])
    s.sms.before_send = lambda envelope: _pause(s) if not s.sms.sent else None
    await s.settle()
    sent_before = len(s.sms.sent)
    await s.advance(minutes=5)
    assert len(s.sms.sent) == sent_before < 3
    _resume(s)
    await s.advance(seconds=30)
    assert set(s.sms.people_sent()) == {"lisa", "kari"}


async def test_the_log_is_sealed_whenever_the_engine_rests(staged: MakeStage) -> None:
    s = staged([LISA], [everyone("lisa")])
    await s.settle()
    with s.ledger.read() as tx:
        assert chain_head(tx, s.incident.id).count == count_entries(tx, s.incident.id) > 0


async def test_a_copied_ledger_sends_nothing_by_itself(staged: MakeStage) -> None:
    s = staged([LISA], [everyone("lisa")], hold_seconds=60)
    await s.engine.start()
    copy = s.database_file.with_name("copy.sqlite3")
    with s.ledger.write() as tx:
        tx.exec_driver_sql("SELECT 1")
    copy.write_bytes(b"")
    s.database_file = copy
    await s.restart()
    await s.advance(seconds=61)
    assert s.sms.sent == []
    assert s.cascade_status() is CascadeStatus.PAUSED
    assert [codes["reason"] for _, _, codes in s.log(LogKind.CASCADE_PAUSED)] == ["restored"]


async def test_an_alert_whose_hold_ran_out_long_ago_is_not_sent_by_itself(
    staged: MakeStage,
) -> None:
    s = staged([LISA], [everyone("lisa")], hold_seconds=8)
    s.clock.advance(minutes=30)
    await s.restart()
    await s.settle()
    assert s.sms.sent == []
    assert [codes["reason"] for _, _, codes in s.log(LogKind.CASCADE_PAUSED)] == ["late"]


def _pause(s: Stage) -> None:
    with s.ledger.write() as tx:
        current = lock_cascade(tx, s.cascade.id)
        paused = move_cascade(current, CascadeStatus.PAUSED, s.clock.now(), actor="o_test")
        save_cascade(tx, paused, s.clock.now(), was=current.status)


def _resume(s: Stage) -> None:
    with s.ledger.write() as tx:
        current = lock_cascade(tx, s.cascade.id)
        resumed = move_cascade(current, CascadeStatus.RUNNING, s.clock.now(), actor="o_test")
        save_cascade(tx, resumed, s.clock.now(), was=current.status)
