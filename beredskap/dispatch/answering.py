"""Replies from people: matched to the question they answer, recorded, and acted on."""

from __future__ import annotations

from datetime import datetime

from beredskap.dispatch.learning import News, save_news
from beredskap.dispatch.reconciling import waves_of
from beredskap.domain.answer import Answer, Matched, OpenQuestion, match
from beredskap.domain.attempt import AttemptStatus
from beredskap.domain.delivery import acknowledge, hasten
from beredskap.domain.envelope import InboundMessage, SendResult
from beredskap.domain.log import Code, LogEntry, LogKind
from beredskap.store.answers import (
    Acknowledged,
    is_known_inbound,
    keep_acknowledgement,
    keep_inbound,
    read_open_questions,
)
from beredskap.store.attempts import read_attempts
from beredskap.store.claims import ATTEMPTS_PER_DELIVERY
from beredskap.store.deliveries import read_deliveries, save_deliveries
from beredskap.store.deputies import call_in
from beredskap.store.ledger import Transaction
from beredskap.store.log_book import append
from beredskap.store.personal import address_key

PROVIDER = "provider"
"""The actor reference of what came in from outside."""


def take_reply(
    tx: Transaction, inbound: InboundMessage, *, hash_key: bytes, recorded_at: datetime
) -> Matched | None:
    """Record a reply and everything that follows from it; None when it was recorded before.

    An unclear reply is kept for an officer and changes nothing; a machine's reply answers nothing.
    """
    if is_known_inbound(tx, inbound):
        return None
    key = address_key(hash_key, inbound.sender)
    questions = read_open_questions(tx, key, inbound.in_reply_to)
    matched = match(inbound, questions)
    incident = (matched.questions or matched.candidates or (None,))[0]
    text_ref, commitments = keep_inbound(
        tx,
        inbound,
        state=_state(inbound, matched),
        incident_id=incident.incident_id if incident is not None else None,
        recorded_at=recorded_at,
    )
    if matched.answer is None:
        _log_unread(tx, inbound, matched, text_ref, commitments, recorded_at)
        if inbound.is_automatic:
            _hasten_absent(tx, inbound, matched, recorded_at)
    else:
        for question in matched.questions:
            _answer_question(
                tx, inbound, question, matched.answer, matched, text_ref, commitments, recorded_at
            )
    return matched


def _state(inbound: InboundMessage, matched: Matched) -> str:
    if inbound.is_automatic:
        return "automatic"
    if matched.answer is not None:
        return "matched"
    return "unclear" if matched.candidates else "unmatched"


def _log_unread(
    tx: Transaction,
    inbound: InboundMessage,
    matched: Matched,
    text_ref: str,
    commitments: dict[str, str],
    recorded_at: datetime,
) -> None:
    """Show a reply nobody could read, with its words, in every incident it may belong to."""
    newest = {question.incident_id: question for question in matched.candidates}
    entries = [
        LogEntry(
            incident_id=question.incident_id,
            kind=LogKind.REPLY_UNCLEAR,
            happened_at=inbound.at,
            actor=PROVIDER,
            subject=question.person,
            codes={
                "channel": inbound.channel.value,
                "automatic": inbound.is_automatic,
                "text": text_ref,
            },
            commitments=commitments,
        )
        for question in newest.values()
    ]
    append(tx, entries, recorded_at)


def _hasten_absent(
    tx: Transaction, inbound: InboundMessage, matched: Matched, recorded_at: datetime
) -> None:
    """Let the ladder go on at once for somebody whose machine says that they are away."""
    asked = {
        question.delivery_id: question.attempt_id
        for question in matched.candidates
        if inbound.in_reply_to == question.client_ref
    }
    deliveries = read_deliveries(tx, list(asked))
    steps = [
        hasten(delivery, inbound.at)
        for delivery in deliveries.values()
        if asked[delivery.id] == delivery.id * ATTEMPTS_PER_DELIVERY + delivery.attempts
    ]
    moved = [step.value for step in steps if step.value != deliveries[step.value.id]]
    save_deliveries(tx, moved, [], recorded_at)


def _answer_question(
    tx: Transaction,
    inbound: InboundMessage,
    question: OpenQuestion,
    answer: Answer,
    matched: Matched,
    text_ref: str,
    commitments: dict[str, str],
    recorded_at: datetime,
) -> None:
    before = read_deliveries(tx, [question.delivery_id])[question.delivery_id]
    keep_acknowledgement(
        tx,
        Acknowledged(
            incident_id=question.incident_id,
            delivery_id=question.delivery_id,
            recipient=question.person,
            at=inbound.at,
            how="reply",
            by=PROVIDER,
            answer=answer,
            answer_ref=text_ref,
            is_late=before.status.is_final,
            is_shared_address=matched.is_shared_address,
        ),
    )
    _fold_answer(tx, inbound, question, recorded_at)
    settle_answer(
        tx,
        question.delivery_id,
        answer,
        at=inbound.at,
        actor=PROVIDER,
        recorded_at=recorded_at,
        codes={"channel": inbound.channel.value, "shared": matched.is_shared_address},
        commitments=commitments,
        was_late=before.status.is_final,
    )


def _fold_answer(
    tx: Transaction, inbound: InboundMessage, question: OpenQuestion, recorded_at: datetime
) -> None:
    """Raise the attempt that was answered to its highest rank; the delivery is settled apart."""
    states = read_attempts(tx, [question.attempt_id])
    result = SendResult(status=AttemptStatus.ACKNOWLEDGED)
    news = [News(attempt_id=question.attempt_id, result=result, at=inbound.at, actor=PROVIDER)]
    save_news(tx, news, states, waves_of(tx, states.values()), recorded_at=recorded_at)


def settle_answer(
    tx: Transaction,
    delivery_id: int,
    answer: Answer,
    *,
    at: datetime,
    actor: str,
    recorded_at: datetime,
    codes: dict[str, Code],
    commitments: dict[str, str],
    was_late: bool = False,
) -> None:
    """Move the delivery that was answered, log the answer, and call in a deputy after a "no"."""
    delivery = read_deliveries(tx, [delivery_id])[delivery_id]
    step = acknowledge(delivery, at, actor=actor, is_yes=answer.is_yes)
    called = step.call_in if step.call_in is not None or answer.is_yes else delivery.deputy
    said = LogEntry(
        incident_id=delivery.incident_id,
        kind=LogKind.ACKNOWLEDGED,
        happened_at=at,
        actor=actor,
        subject=delivery.recipient,
        codes={
            "delivery": delivery.id,
            "cascade": delivery.cascade_id,
            "key": answer.key,
            "meaning": answer.meaning,
            "yes": answer.is_yes,
            "help": answer.is_help,
            "late": was_late,
            **codes,
        },
        commitments=commitments,
    )
    save_deliveries(tx, [step.value] if step.entries else [], [said, *step.entries], recorded_at)
    if called is not None and not was_late:
        call_in(tx, delivery, called, now=at, recorded_at=recorded_at, actor=actor)
