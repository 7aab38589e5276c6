"""What an engine would have done meanwhile, written into the ledger by its own functions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from beredskap.domain.attempt import AttemptEvent, AttemptStatus
from beredskap.domain.cascade import CascadeStatus, move_cascade
from beredskap.domain.channel import Channel
from beredskap.domain.delivery import Outcome, after_attempt
from beredskap.domain.wave import WaveStatus, move_wave
from beredskap.store.attempts import read_attempts
from beredskap.store.cases import lock_cascade, read_waves, save_cascade, save_wave
from beredskap.store.claims import Claimed, ClaimOrder, claim
from beredskap.store.results import Learned, save_learned
from tests.desk.conftest import START, Office


def release(office: Office, cascade_id: int, *, opened: int = 1) -> None:
    """Let the hold run out and the first waves open."""
    office.clock.set(office.clock.now() + timedelta(seconds=8))
    now = office.clock.now()
    with office.ledger.write() as tx:
        current = lock_cascade(tx, cascade_id)
        moved = move_cascade(current, CascadeStatus.RUNNING, now)
        save_cascade(tx, moved, now, was=current.status)
        for running in read_waves(tx, cascade_id)[:opened]:
            save_wave(tx, move_wave(running.wave, WaveStatus.OPEN, now), now, now)


def send(
    office: Office, cascade_id: int, *, wave: int = 0, channel: Channel = Channel.SMS, most: int = 9
) -> tuple[Claimed, ...]:
    """Claim what is due on a channel of an open wave; it is then on the wire."""
    now = office.clock.now()
    with office.ledger.write() as tx:
        running = read_waves(tx, cascade_id)[wave]
        order = ClaimOrder(
            wave=running.wave,
            channel=channel,
            route="test",
            engine_id="engine",
            token=f"token-{now}-{channel}",
            most=most,
            now=now,
            real_now=now,
            client_ref_prefix="c",
            hash_key=b"k" * 32,
        )
        return claim(tx, order)


def learn(office: Office, claimed: tuple[Claimed, ...], status: AttemptStatus) -> None:
    """Record what was learned of attempts on the wire."""
    now = office.clock.now()
    with office.ledger.write() as tx:
        states = read_attempts(tx, [one.attempt_id for one in claimed])
        learned, entries = [], []
        for state in states.values():
            waves = {w.wave.id: w.wave for w in read_waves(tx, state.delivery.cascade_id)}
            wave = waves[state.delivery.wave_id]
            step = after_attempt(state.delivery, Outcome(status=status), wave.terms, now)
            learned.append(
                Learned(
                    attempt=state,
                    event=AttemptEvent(status=status, at=now),
                    status=status,
                    delivery=step.value,
                )
            )
            entries += [replace(e, happened_at=now) for e in step.entries]
        save_learned(tx, learned, entries, START)
