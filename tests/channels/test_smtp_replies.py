"""What a mail server's refusals mean, as the table of channels 3.2 has it."""

from __future__ import annotations

import pytest

from beredskap.channels.smtp_replies import Stage, judge
from beredskap.domain.attempt import AttemptStatus, FailureClass

RETRY, ADDRESS, ROUTE = FailureClass.RETRY, FailureClass.ADDRESS, FailureClass.ROUTE
RCPT, DATA = Stage.RCPT, Stage.DATA


@pytest.mark.parametrize(
    ("stage", "code", "text", "failure"),
    [
        (RCPT, 421, "4.3.0 closing", RETRY),
        (RCPT, 432, "4.3.2 too many connections", RETRY),
        (RCPT, 450, "4.7.1 greylisted", RETRY),
        (DATA, 451, "4.3.0 try again", RETRY),
        (RCPT, 452, "4.2.2 full for now", RETRY),
        (Stage.CONNECT, 454, "4.7.0 no login now", RETRY),
        (Stage.MAIL, 450, "4.2.1 peak", RETRY),
        (RCPT, 550, "5.1.1 no such user", ADDRESS),
        (RCPT, 550, "5.1.2 no such domain", ADDRESS),
        (RCPT, 501, "5.1.3 bad form", ADDRESS),
        (RCPT, 550, "5.1.6 has moved", ADDRESS),
        (RCPT, 550, "5.1.10 no such user", ADDRESS),
        (RCPT, 550, "#5.1.0 rejected", ADDRESS),
        (RCPT, 550, "5.1.1 The account\n5.1.1 does not exist", ADDRESS),
        (RCPT, 550, "5.4.1 access denied", ADDRESS),
        (RCPT, 550, "no such user", ADDRESS),
        (RCPT, 551, "not here", ADDRESS),
        (RCPT, 552, "mailbox full", ADDRESS),
        (DATA, 552, "5.2.2 mailbox full", ADDRESS),
        (RCPT, 553, "no", ADDRESS),
        (RCPT, 550, "5.4.5 daily quota", ROUTE),
        (DATA, 554, "5.2.0 quota", ROUTE),
        (DATA, 550, "5.7.26 not authenticated", ROUTE),
        (DATA, 550, "5.7.25 no reverse name", ROUTE),
        (RCPT, 530, "5.7.0 log in first", ROUTE),
        (RCPT, 530, "log in first", ROUTE),
        (RCPT, 535, "5.7.8 no", ROUTE),
        (RCPT, 550, "5.7.9 too weak", ROUTE),
        (DATA, 552, "5.3.4 too big", ROUTE),
        (DATA, 550, "5.6.0 bad MIME", ROUTE),
        (RCPT, 503, "bad sequence", ROUTE),
        (RCPT, 555, "parameters", ROUTE),
        (Stage.MAIL, 550, "sender unknown", ROUTE),
        (Stage.MAIL, 553, "5.1.8 sender's domain", ROUTE),
        (RCPT, 550, "5.1.8 sender's domain", ROUTE),
        (Stage.CONNECT, 554, "no service here", ROUTE),
    ],
)
def test_what_a_reply_means(stage: Stage, code: int, text: str, failure: FailureClass) -> None:
    refusal = judge(code, text, stage)
    assert (refusal.failure, refusal.is_doubtful) == (failure, False)
    result = refusal.result()
    passes = failure is RETRY
    assert result.unsent
    assert (result.status is AttemptStatus.FAILED_RETRYABLE) is passes


@pytest.mark.parametrize(
    ("stage", "code", "text"),
    [
        (RCPT, 550, "5.7.1 relaying denied"),
        (DATA, 554, "5.7.1 refused by policy"),
        (RCPT, 550, "5.7.133 only from inside"),
        (RCPT, 554, "refused"),
        (RCPT, 501, "syntax"),
        (DATA, 550, "refused"),
        (DATA, 554, "refused"),
        (RCPT, 599, "never heard of"),
    ],
)
def test_what_may_be_about_the_person_or_about_us_is_doubtful(
    stage: Stage, code: int, text: str
) -> None:
    refusal = judge(code, text, stage)
    assert (refusal.failure, refusal.is_doubtful) == (ADDRESS, True)
    assert refusal.result(ROUTE).failure is ROUTE


@pytest.mark.parametrize(
    ("code", "text", "shown"),
    [
        (550, "5.1.1 <kari@norrmalm.example> is unknown", "550 5.1.1"),
        (550, "your address 5.1.1.7 is listed", "550"),
        (550, "5.1.1.7 is listed", "550"),
        (550, "4.2.0 contradicts itself", "550"),
        (450, "<kari@norrmalm.example> greylisted", "450"),
    ],
)
def test_only_codes_are_kept_of_what_a_server_says(code: int, text: str, shown: str) -> None:
    result = judge(code, text, RCPT).result()
    assert result.code == shown
    assert "kari" not in result.detail


@pytest.mark.parametrize("code", range(400, 600))
def test_every_reply_has_a_meaning(code: int) -> None:
    for stage in Stage:
        passes = judge(code, "", stage).failure is RETRY
        assert passes == (code < 500)
