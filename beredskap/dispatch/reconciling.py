"""Attempts whose outcome is not known: found at the provider, decided by policy, or shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from beredskap.channels.sender import Reconcilable, Sender
from beredskap.dispatch.conducting import save_steps
from beredskap.dispatch.learning import News, save_news, unsent_result
from beredskap.dispatch.runner import SenderBook
from beredskap.dispatch.store_thread import StoreThread
from beredskap.domain.attempt import AttemptStatus
from beredskap.domain.delivery import DeliveryStep, after_reconciliation
from beredskap.domain.envelope import Envelope, LookUp, SendResult
from beredskap.domain.incident import IncidentMode
from beredskap.domain.log import ENGINE, LogEntry, LogKind
from beredskap.domain.message import Body
from beredskap.domain.scenario import UncertainPolicy
from beredskap.domain.wave import Wave
from beredskap.store.attempts import (
    AttemptState,
    count_look_up,
    read_attempts_by_provider_id,
    read_own_sending,
    read_stranded,
    read_uncertain,
)
from beredskap.store.cases import read_cascade_mode, read_waves
from beredskap.store.claims import read_bodies
from beredskap.store.ledger import Ledger, Transaction
from beredskap.store.log_book import append
from beredskap.store.personal import read_people

LOOK_UPS_NEEDED = 2
"""Complete lists without the message before the policy decides (channels 1.6)."""


def strand_lost_attempts(
    ledger: Ledger, living_engines: Collection[str], now: datetime, recorded_at: datetime
) -> int:
    """Mark every attempt of an engine that no longer lives as uncertain and return how many."""
    count = 0
    while True:
        with ledger.write() as tx:
            stranded = read_stranded(tx, living_engines)
            if not stranded:
                return count
            result = SendResult(status=AttemptStatus.UNCERTAIN, code="engine_lost")
            news = [News(attempt_id=state.id, result=result, at=now) for state in stranded]
            states = {state.id: state for state in stranded}
            save_news(tx, news, states, waves_of(tx, stranded), recorded_at=recorded_at)
            count += len(stranded)


def give_back_forgotten(
    ledger: Ledger,
    engine_id: str,
    held: Collection[int],
    now: datetime,
    recorded_at: datetime,
    *,
    older_than: timedelta,
) -> int:
    """Give back this engine's claims that it knows nothing of, and return how many.

    A commit whose answer is lost leaves claims that nobody will send. They have not left: only what
    a claim returned is ever sent.
    """
    with ledger.write() as tx:
        found = read_own_sending(tx, engine_id, claimed_before=recorded_at - older_than)
        forgotten = [state for state in found if state.id not in held]
        result = unsent_result("forgotten")
        news = [News(attempt_id=state.id, result=result, at=now) for state in forgotten]
        states = {state.id: state for state in forgotten}
        save_news(tx, news, states, waves_of(tx, forgotten), recorded_at=recorded_at)
    return len(forgotten)


def waves_of(tx: Transaction, states: Collection[AttemptState]) -> dict[int, Wave]:
    """Return the waves that attempts belong to, by id."""
    cascades = {state.delivery.cascade_id for state in states}
    return {w.wave.id: w.wave for cascade in cascades for w in read_waves(tx, cascade)}


def _not_owned(tx: Transaction, looked: LookUp) -> SendResult | None:
    """Return the first candidate that no other attempt owns: the same text may be sent twice."""
    ids = [found.provider_id for found in looked.candidates if found.provider_id is not None]
    owned = read_attempts_by_provider_id(tx, ids)
    return next((found for found in looked.candidates if found.provider_id not in owned), None)


class Reconciler:
    """Looks uncertain attempts up at their providers and lets the policy decide about the rest."""

    def __init__(
        self, ledger: Ledger, senders: SenderBook, store: StoreThread, *, spacing: timedelta
    ) -> None:
        """Take the senders that can look up, and how far apart two look-ups must be."""
        self._ledger, self._senders, self._store = ledger, senders, store
        self._spacing = spacing

    async def run(self, now: datetime, real_now: datetime) -> None:
        """Look up what is uncertain and was not looked up lately."""
        by_route: dict[str, tuple[IncidentMode, Sender]] = {
            sender.route.name: (mode, sender)
            for mode, by_channel in self._senders.items()
            for sender in by_channel.values()
        }
        before = real_now - self._spacing
        uncertain = await self._store.run(lambda: self._due(by_route, before))
        for state, envelope in uncertain:
            _, sender = by_route[state.route]
            looked = None
            if isinstance(sender, Reconcilable):
                await sender.open()
                looked = await sender.look_up(envelope, state.claimed_real_at)
            await self._store.run(
                lambda s=state, found=looked: self._save(s, found, now, real_now)  # type: ignore[misc]
            )

    def _due(
        self, by_route: Mapping[str, object], before: datetime
    ) -> list[tuple[AttemptState, Envelope]]:
        with self._ledger.read() as tx:
            states = read_uncertain(tx, routes=list(by_route), looked_before=before)
            if not states:
                return []
            people = read_people(tx, {state.delivery.recipient for state in states})
            bodies = read_bodies(tx, sorted({state.body_digest for state in states}))
            return [
                (
                    state,
                    Envelope(
                        attempt_id=state.id,
                        client_ref=state.client_ref,
                        mode=read_cascade_mode(tx, state.delivery.cascade_id),
                        channel=state.channel,
                        address=people[state.delivery.recipient].points[state.point].address,
                        body=Body.from_bytes(bodies[state.body_digest]),
                        person=state.delivery.recipient,
                    ),
                )
                for state in states
                if state.body_digest in bodies and not people[state.delivery.recipient].is_erased
            ]

    def _save(
        self, state: AttemptState, looked: LookUp | None, now: datetime, real_now: datetime
    ) -> None:
        with self._ledger.write() as tx:
            waves = waves_of(tx, [state])
            found = _not_owned(tx, looked) if looked is not None else None
            if found is not None:
                news = [News(attempt_id=state.id, result=found, at=now)]
                save_news(tx, news, {state.id: state}, waves, recorded_at=real_now)
                return
            is_complete = looked is None or looked.is_complete
            count_look_up(tx, state.id, real_now, is_complete=is_complete)
            enough = looked is None or state.look_ups + int(is_complete) >= LOOK_UPS_NEEDED
            if enough:
                self._decide(tx, state, waves[state.delivery.wave_id], now, real_now)

    def _decide(
        self,
        tx: Transaction,
        state: AttemptState,
        wave: Wave,
        now: datetime,
        real_now: datetime,
    ) -> None:
        """Let the cascade's policy decide, once, about an attempt that cannot be found."""
        if wave.terms.uncertain is not UncertainPolicy.RESEND or wave.status.is_final:
            return
        if state.number != state.delivery.attempts or state.delivery.status.is_final:
            return
        step: DeliveryStep = after_reconciliation(
            state.delivery, wave.terms, now, proven_unsent=False
        )
        if step.value == state.delivery:
            return
        save_steps(tx, [step], real_now)
        append(
            tx,
            [
                LogEntry(
                    incident_id=state.delivery.incident_id,
                    kind=LogKind.ATTEMPT_DECIDED,
                    happened_at=now,
                    actor=ENGINE,
                    subject=state.delivery.recipient,
                    codes={
                        "attempt": state.number,
                        "decision": UncertainPolicy.RESEND.value,
                        "look_ups": state.look_ups,
                    },
                )
            ],
            real_now,
        )
