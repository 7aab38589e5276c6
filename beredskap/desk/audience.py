"""Changing who is told while an alert runs: adding a person, leaving one out."""

from __future__ import annotations

from datetime import datetime

from beredskap.desk.answering import find_or_refuse
from beredskap.desk.ports import REAL, Means
from beredskap.desk.roll import Roll
from beredskap.desk.signing import sign, sign_entry
from beredskap.domain.cascade import Cascade, CascadeStatus
from beredskap.domain.delivery import DeliveryStatus, Reason, end
from beredskap.domain.incident import Incident
from beredskap.domain.log import LogEntry, LogKind
from beredskap.domain.message import MessageTemplate
from beredskap.domain.officer import Actor
from beredskap.domain.plan import Plan, plan_waves
from beredskap.domain.scenario import Playbook, PlaybookWave, Scenario
from beredskap.domain.stakeholder import Audience, Directory
from beredskap.domain.wave import Wave, WaveStatus
from beredskap.domain.wording import word
from beredskap.errors import NotFoundError, RefusedError, UsageError
from beredskap.store.cases import lock_cascade, read_cascades, read_waves
from beredskap.store.deliveries import save_deliveries
from beredskap.store.ledger import Transaction
from beredskap.store.log_book import append
from beredskap.store.people import (
    drop_standby,
    lock_deliveries_of,
    place_deliveries,
    read_wave_languages,
)

_TEMPLATE = "frozen"
_LONGEST = 500
_IN_ORDER = (CascadeStatus.RUNNING, CascadeStatus.PAUSED, CascadeStatus.HELD)


def exclude(means: Means, actor: Actor, incident: Incident, person: str, reason: str) -> None:
    """Send nothing more to a person in this incident, neither directly nor as a deputy.

    What is on the wire cannot be called back; its result is recorded when it comes.

    Raises:
        UsageError: no reason is given.
        NotFoundError: nobody in the incident is called that.
        RefusedError: nothing more would be sent to the person anyhow.
    """
    why = reason.strip()
    if not why or len(why) > _LONGEST:
        raise UsageError(f"Write why {person} is left out, in 1 to {_LONGEST} characters.")
    now = means.clock.now()
    with means.ledger.write() as tx:
        recipient = find_or_refuse(tx, incident, person)
        signature = sign(tx, incident.id, actor, means.actor_key, text=why)
        steps = [
            end(
                delivery,
                DeliveryStatus.SKIPPED,
                now,
                reason=Reason.EXCLUDED,
                actor=signature.ref,
            )
            for delivery in lock_deliveries_of(tx, incident.id, recipient)
            if not delivery.status.is_final
        ]
        stood_by = drop_standby(tx, incident.id, recipient)
        if not steps and not stood_by:
            raise RefusedError(
                f"Nothing more would be sent to {person} in incident {incident.id}; "
                "nothing was changed."
            )
        excluded = LogEntry(
            incident_id=incident.id,
            kind=LogKind.PERSON_EXCLUDED,
            happened_at=now,
            actor=signature.ref,
            subject=recipient,
            codes={"reason": Reason.EXCLUDED.value},
        )
        entries = [sign_entry(excluded, signature)]
        entries += [entry for step in steps for entry in step.entries]
        save_deliveries(tx, [step.value for step in steps], entries, REAL.now())


def add(means: Means, directory: Directory, actor: Actor, incident: Incident, person: str) -> None:
    """Tell one more person from the contact lists, in the first wave that still can.

    Raises:
        NotFoundError: the contact lists have no such person.
        RefusedError: no alert runs, the person is told already, or cannot be told.
    """
    if person not in directory.people:
        raise NotFoundError(
            f"The contact lists have no person '{person}'; 'beredskap contact list' shows the ids."
        )
    with means.ledger.write() as tx:
        cascade, wave = _open_wave(tx, incident)
        plan = _plan_for_one(tx, directory, incident, wave, person, means.clock.now())
        planned = plan.waves[0].deliveries[0]
        if planned.reason is not None:
            raise RefusedError(
                f"{person} cannot be told ({word(planned.reason, 'en')}); nothing was changed."
            )
        roll = Roll.for_incident(tx, incident.id, plan)
        recipient = roll.ref(planned.person)
        if any(d.wave_id == wave.id for d in lock_deliveries_of(tx, incident.id, recipient)):
            raise RefusedError(
                f"{person} stands in wave '{wave.key}' of incident {incident.id} already; "
                "nothing was changed."
            )
        signature = sign(tx, incident.id, actor, means.actor_key)
        commitments = roll.stage(tx, incident.id, plan.people)
        place_deliveries(tx, cascade, [roll.delivery(wave.id, planned)])
        added = LogEntry(
            incident_id=incident.id,
            kind=LogKind.PERSON_ADDED,
            happened_at=means.clock.now(),
            actor=signature.ref,
            subject=recipient,
            codes={"cascade": cascade.id, "wave": wave.key},
            commitments=commitments,
        )
        append(tx, [sign_entry(added, signature)], REAL.now())


def _open_wave(tx: Transaction, incident: Incident) -> tuple[Cascade, Wave]:
    """Return the first wave that still tells people, of the cascade that runs."""
    cascades = read_cascades(tx, incident.id)
    for status in _IN_ORDER:
        for cascade in cascades:
            if cascade.status is not status or lock_cascade(tx, cascade.id).status is not status:
                continue
            for wanted in (WaveStatus.OPEN, WaveStatus.PENDING):
                for running in read_waves(tx, cascade.id):
                    if running.wave.status is wanted:
                        return cascade, running.wave
    raise RefusedError(
        f"No wave of incident {incident.id} is open or still to come, so nobody can be added; "
        "start another alert with --incident."
    )


def _plan_for_one(
    tx: Transaction,
    directory: Directory,
    incident: Incident,
    wave: Wave,
    person: str,
    now: datetime,
) -> Plan:
    """Return the plan of one person in a wave, in the languages its frozen texts have."""
    template = MessageTemplate(
        id=_TEMPLATE,
        purpose="",
        audience_kind="internal",
        sources={
            (channel, language): ""
            for channel, languages in read_wave_languages(tx, wave.id).items()
            for language in languages
        },
    )
    alone = PlaybookWave(
        id=wave.key,
        title=wave.title,
        audience=Audience(people=(person,)),
        template=_TEMPLATE,
        opening=wave.opening,
        terms=wave.terms,
    )
    scenario = Scenario(
        id=incident.scenario_id,
        title=incident.title,
        purpose="",
        category="Other",
        level="",
        owner_role="",
        reviewed_on=now.date(),
        review_interval_days=1,
        playbook=Playbook(waves=(alone,)),
    )
    return plan_waves(scenario, directory, {_TEMPLATE: template}, {}, now, mode=incident.mode)
