"""The desk: every verb of an officer in one place, each by an `Actor` judged once for rights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from pathlib import Path

from beredskap.clock import Clock
from beredskap.desk import (
    abandoning,
    adopting,
    answering,
    approving,
    audience,
    correcting,
    drafts,
    erasing,
    incidents,
    launching,
    launching_corrections,
    notes,
    preparing,
    restoring,
    rules,
    running,
    sheets,
)
from beredskap.desk.adopting import AdoptionState
from beredskap.desk.approving import Approved
from beredskap.desk.correcting import Correction
from beredskap.desk.erasing import Erasure
from beredskap.desk.launching import Launched
from beredskap.desk.officers import Act, find_actor, require
from beredskap.desk.ports import EngineStarter, Means, Pace
from beredskap.desk.preparing import Preparation
from beredskap.desk.restoring import Restored
from beredskap.desk.running import Stopped
from beredskap.desk.sheets import SheetTaken
from beredskap.desk.shelf import Shelf
from beredskap.domain.approval import Approval, normalised
from beredskap.domain.call_sheet import CallSheet
from beredskap.domain.cascade import CascadeKind
from beredskap.domain.incident import Incident, IncidentMode
from beredskap.domain.officer import Actor
from beredskap.domain.report import IncidentFigures
from beredskap.errors import LedgerError
from beredskap.library import Content
from beredskap.review import (
    LogLine,
    Verification,
    audit_incident,
    export_lines,
    figures,
    review_text,
    tell,
    tell_differences,
    verify,
)
from beredskap.store.adoption import Adoption
from beredskap.store.approvals import read_approval, read_waiting_approvals
from beredskap.store.cases import read_cascades, read_incident, read_incidents
from beredskap.store.ledger import Ledger, ledger_key
from beredskap.store.log_book import chain_head, newest_entries, read_entries
from beredskap.store.reading import AttemptLine, read_attempt_lines
from beredskap.store.sealing import seal_all


class Desk:
    """What an officer can do; nothing here sends, and what is written an engine carries out."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        workspace: Path,
        clock: Clock,
        starter: EngineStarter,
        pace: Pace | None = None,
    ) -> None:
        """Take everything the desk works with; nothing is read or written yet."""
        self._ledger, self._workspace, self._clock = ledger, workspace, clock
        self._starter, self._pace = starter, pace or Pace()
        self._shelf = Shelf(workspace)

    @cached_property
    def _means(self) -> Means:
        return Means(
            ledger=self._ledger,
            workspace=self._workspace,
            clock=self._clock,
            starter=self._starter,
            pace=self._pace,
            actor_key=ledger_key(self._ledger, "actor"),
        )

    def who_is(self, settings_officer: str | None, os_login: str) -> Actor:
        """Return the officer at the keyboard.

        Raises:
            RefusedError: nobody in `officers.yaml` is known by this id or login.
        """
        officers = self._shelf.content().directory.officers
        return find_actor(officers, settings_officer, os_login)

    def prepare(
        self,
        scenario_id: str,
        facts: Mapping[str, str],
        *,
        mode: IncidentMode,
        exclusions: Mapping[str, str] | None = None,
        additions: tuple[str, ...] = (),
    ) -> Preparation:
        """Return who would hear what, when and at what cost; nothing is written or sent.

        `exclusions` are person ids with the reason, `additions` person ids for the first wave.

        Raises:
            NotFoundError: there is no such scenario or person.
            UsageError: a fact is missing, unknown or wrong.
            ContentError: files make the texts or the audience impossible.
        """
        with restoring.offering(self._means, scenario_id):
            return preparing.prepare(
                self._means,
                self._shelf.content(),
                scenario_id,
                facts,
                mode=mode,
                exclusions=exclusions or {},
                additions=additions,
            )

    def content(self) -> Content:
        """Return what lies in the workspace's files now, with every problem found in them."""
        return self._shelf.content()

    def keep_draft(self, scenario_id: str, mode: IncidentMode, facts: Mapping[str, str]) -> None:
        """Keep facts that are being written, so that nothing typed is lost with the terminal.

        Raises:
            LedgerError: they could not be written.
        """
        drafts.keep(self._means, scenario_id, mode, facts)

    def draft(self, scenario_id: str, mode: IncidentMode) -> dict[str, str]:
        """Return the facts that were being written for a scenario, or none."""
        return drafts.read(self._means, scenario_id, mode)

    def history(self, incident_id: str, person: str) -> tuple[AttemptLine, ...]:
        """Return every attempt at a person of an incident, oldest first.

        Raises:
            NotFoundError: there is no such incident or person.
        """
        with self._ledger.read() as tx:
            incident = read_incident(tx, incident_id)
            recipient = answering.find_or_refuse(tx, incident, person)
            return read_attempt_lines(tx, incident.id, recipient)

    def launch(
        self,
        actor: Actor,
        preparation: Preparation,
        *,
        confirm_count: int,
        hold_seconds: int | None = None,
        incident_id: str | None = None,
        break_glass: str | None = None,
    ) -> Launched:
        """Put a confirmed preparation on hold; an engine releases it when the hold has run out.

        Where the scenario takes more than one person it waits for the others first, unless the
        officer breaks the glass with a reason and a long hold.

        Raises:
            UsageError: the hold is not possible.
            RefusedError: a safety rule or a missing right refuses it; nothing was written.
            NotFoundError: there is no such incident.
            LedgerError: it could not be written; nothing will be sent.
            EngineError: it is on hold, and no engine could be started to send it.
        """
        breaks_glass = break_glass is not None
        hold = rules.checked_hold(preparation, hold_seconds, breaks_glass=breaks_glass)
        self._require(actor, Act.LAUNCH, preparation.mode)
        incident = None if incident_id is None else self.incident(incident_id)
        rules.check_launch(preparation, confirm_count=confirm_count, incident=incident)
        with suppress(LedgerError):  # a ledger that cannot be written refuses the launch itself
            restoring.keep(self._means, self._shelf.content(), preparation.scenario.id)
        return launching.launch(
            self._means,
            actor,
            preparation,
            hold_seconds=hold,
            incident=incident,
            approvers=rules.needed_approvers(preparation, break_glass),
            break_glass=break_glass,
        )

    def approval(self, code: str) -> Approval:
        """Return what an approval is asked for.

        Raises:
            NotFoundError: there is no such code.
        """
        with self._ledger.read() as tx:
            return read_approval(tx, normalised(code))

    def words_of_launch(self, incident_id: str) -> tuple[dict[str, str], str]:
        """Return the facts of an incident's newest alert and the words of its first message.

        Raises:
            NotFoundError: there is no such incident.
        """
        with self._ledger.read() as tx:
            return sheets.words_of_launch(tx, read_incident(tx, incident_id))

    def waiting_approvals(self) -> tuple[Approval, ...]:
        """Return every approval that a launch still waits for, oldest first."""
        with self._ledger.read() as tx:
            return read_waiting_approvals(tx)

    def approve(self, actor: Actor, code: str, *, confirm_count: int) -> Approved:
        """Approve another officer's launch; the last approval needed begins its hold.

        Raises:
            NotFoundError: there is no such code.
            RefusedError: the count is wrong, the officer may not, or it no longer waits.
            EngineError: it is on hold, and no engine could be started to send it.
        """
        self._require(actor, Act.APPROVE, IncidentMode.LIVE)
        return approving.approve(self._means, actor, code, confirm_count)

    def refuse_approval(self, actor: Actor, code: str, reason: str) -> Approval:
        """Refuse another officer's launch; it is stood down and nothing was sent.

        Raises:
            UsageError: no reason is given.
            NotFoundError: there is no such code.
            RefusedError: it no longer waits, or the officer may not.
        """
        self._require(actor, Act.APPROVE, IncidentMode.LIVE)
        return approving.refuse(self._means, actor, code, reason)

    def prepare_correction(
        self, incident_id: str, kind: CascadeKind, facts: Mapping[str, str]
    ) -> Correction:
        """Return to whom a correction of an incident goes, and its words; nothing is sent.

        Raises:
            NotFoundError: there is no such incident.
            RefusedError: the incident is closed, or has had no alert.
            UsageError: a fact is unknown or wrong.
            ContentError: the text is missing or cannot be used.
        """
        incident = self.incident(incident_id)
        content = self._shelf.content()
        with restoring.offering(self._means, incident.scenario_id):
            return correcting.prepare_correction(self._means, content, incident, kind, facts)

    def correct(self, actor: Actor, correction: Correction, *, confirm_count: int) -> Launched:
        """Send a confirmed correction at once; it takes no second person and no hold.

        Raises:
            RefusedError: a safety rule or a missing right refuses it; nothing was written.
            LedgerError: it could not be written; nothing is sent.
            EngineError: it is ready, and no engine could be started to send it.
        """
        incident = self._allowed(actor, Act.CONDUCT, correction.incident.id)
        with self._ledger.read() as tx:
            cascades = read_cascades(tx, incident.id)
        still_sending = any(not cascade.status.is_final for cascade in cascades)
        correcting.check_correction(correction, confirm_count, still_sending=still_sending)
        return launching_corrections.launch_correction(self._means, actor, correction)

    def incident(self, incident_id: str) -> Incident:
        """Return an incident by its id, its letter while it is open, or `last`.

        Raises:
            NotFoundError: there is none.
        """
        with self._ledger.read() as tx:
            return read_incident(tx, incident_id)

    def list_incidents(self) -> tuple[Incident, ...]:
        """Return every incident, oldest first."""
        with self._ledger.read() as tx:
            return read_incidents(tx)

    def show(self, incident_id: str, *, with_people: bool = True) -> IncidentFigures:
        """Return an incident in figures, with everybody in it or without.

        Raises:
            NotFoundError: there is none.
        """
        with self._ledger.read() as tx:
            return figures(tx, incident_id, with_people=with_people)

    def pause(self, actor: Actor, incident_id: str, reason: str | None = None) -> None:
        """Let nothing more of an incident leave until it is resumed.

        Raises:
            RefusedError: nothing is held or running, or the officer may not.
        """
        incident = self._allowed(actor, Act.HALT, incident_id)
        running.pause(self._means, actor, incident, reason)

    def resume(self, actor: Actor, incident_id: str, reason: str | None = None) -> None:
        """Go on with what is paused.

        Raises:
            RefusedError: nothing is paused, or the officer may not.
            EngineError: it is resumed, and no engine could be started.
        """
        incident = self._allowed(actor, Act.CONDUCT, incident_id)
        running.resume(self._means, actor, incident, reason)

    def stop(self, actor: Actor, incident_id: str, reason: str | None = None) -> Stopped:
        """Stand everything of an incident down; before release nothing has been sent.

        Raises:
            RefusedError: nothing is open, or the officer may not.
        """
        incident = self._allowed(actor, Act.HALT, incident_id)
        return running.stop(self._means, actor, incident, reason)

    def close(self, actor: Actor, incident_id: str) -> Incident:
        """Close an incident whose alerts have all ended.

        Raises:
            RefusedError: an alert is still open, it is closed already, or the officer may not.
        """
        incident = self._allowed(actor, Act.CONDUCT, incident_id)
        return incidents.close(self._means, actor, incident)

    def acknowledge(
        self, actor: Actor, incident_id: str, person: str, answer: str, by: str | None = None
    ) -> None:
        """Record a person's answer by mouth or paper under the officer's name.

        Raises:
            UsageError: the answer is empty or too long.
            NotFoundError: there is no such incident or person.
            RefusedError: the person was not asked, or the officer may not.
        """
        incident = self._allowed(actor, Act.RECORD, incident_id)
        answering.acknowledge_by_mouth(self._means, actor, incident, person, answer, by)

    def call_sheet(self, actor: Actor, incident_id: str) -> CallSheet:
        """Return everybody who has not answered, with numbers and codes; it is logged.

        Raises:
            NotFoundError: there is no such incident.
            RefusedError: the officer may not.
        """
        incident = self._allowed(actor, Act.RECORD, incident_id)
        return sheets.make_sheet(self._means, actor, incident)

    def take_sheet(
        self, actor: Actor, incident_id: str, text: str, by: str | None = None
    ) -> SheetTaken:
        """Record the answers written on a call sheet; a wrong line costs only itself.

        Raises:
            NotFoundError: there is no such incident.
            RefusedError: the officer may not.
        """
        incident = self._allowed(actor, Act.RECORD, incident_id)
        return sheets.take_sheet(self._means, actor, incident, text, by)

    def decide(
        self, actor: Actor, incident_id: str, person: str | None, decision: str
    ) -> tuple[str, ...]:
        """Decide `resend` or `leave` about uncertain attempts at a person, or at everybody.

        Raises:
            UsageError: the decision is neither.
            NotFoundError: there is no such incident or person.
            RefusedError: no open attempt is uncertain, or the officer may not.
            EngineError: it is decided, and no engine could be started to send again.
        """
        incident = self._allowed(actor, Act.CONDUCT, incident_id)
        return answering.decide(self._means, actor, incident, person, decision)

    def exclude(self, actor: Actor, incident_id: str, person: str, reason: str) -> None:
        """Send nothing more to a person in an incident.

        Raises:
            UsageError: no reason is given.
            NotFoundError: there is no such incident or person.
            RefusedError: nothing more would be sent anyhow, or the officer may not.
        """
        incident = self._allowed(actor, Act.CONDUCT, incident_id)
        audience.exclude(self._means, actor, incident, person, reason)

    def add(self, actor: Actor, incident_id: str, person: str) -> None:
        """Tell one more person, in the first wave of the running alert that still can.

        Raises:
            NotFoundError: there is no such incident or person.
            RefusedError: no wave can, the person is told already or cannot be, or the officer
                may not.
        """
        incident = self._allowed(actor, Act.CONDUCT, incident_id)
        audience.add(self._means, self._shelf.content().directory, actor, incident, person)

    def note(
        self,
        actor: Actor,
        incident_id: str,
        text: str,
        kind: str = "note",
        due: datetime | None = None,
    ) -> None:
        """Write a note, decision, media contact, rumour, question or promise into the log.

        Raises:
            UsageError: the text, kind or time is wrong.
            NotFoundError: there is no such incident.
            RefusedError: the officer may not.
        """
        incident = self._allowed(actor, Act.RECORD, incident_id)
        notes.note(self._means, actor, incident, text, kind, due)

    def open_incident(self, actor: Actor, title: str, mode: IncidentMode) -> Incident:
        """Open an incident without an alert.

        Raises:
            UsageError: the title is empty or too long.
            RefusedError: the officer may not.
        """
        self._require(actor, Act.RECORD, mode)
        locale = self._shelf.content().directory.organisation.locale
        return incidents.open_incident(self._means, actor, title, mode, locale)

    def set_diary_number(self, actor: Actor, incident_id: str, number: str) -> Incident:
        """Set the registrar's diary number of an incident.

        Raises:
            UsageError: the number is empty or too long.
            NotFoundError: there is no such incident.
            RefusedError: the officer may not.
        """
        incident = self._allowed(actor, Act.RECORD, incident_id)
        return incidents.set_diary_number(self._means, actor, incident, number)

    def erase(
        self, actor: Actor, incident_id: str, person: str, decision_ref: str | None
    ) -> Erasure:
        """Erase a person from an incident by a decision; without one, only say what would go.

        Raises:
            NotFoundError: there is no such incident or person.
            RefusedError: the officer may not.
        """
        incident = self._allowed(actor, Act.ERASE, incident_id)
        return erasing.erase(self._means, actor, incident, person, decision_ref)

    def adopt(self, actor: Actor, scenario_id: str) -> Adoption:
        """Adopt a scenario for live use as its files are now.

        Raises:
            NotFoundError: there is no such scenario.
            ContentError: its files make its texts or audience impossible.
            RefusedError: a correction text is missing, or the officer may not.
        """
        self._require(actor, Act.ADOPT, IncidentMode.LIVE)
        with restoring.offering(self._means, scenario_id):
            adoption = adopting.adopt(self._means, self._shelf.content(), actor, scenario_id)
        restoring.keep(self._means, self._shelf.content(), scenario_id)
        return adoption

    def restore(self, actor: Actor, scenario_id: str) -> Restored:
        """Put back a scenario's missing or broken files as they were when it was last used.

        Raises:
            NotFoundError: nothing is kept of the scenario.
            RefusedError: nothing is missing or broken, or the officer may not.
            ContentError: a file cannot be written.
        """
        self._require(actor, Act.LAUNCH, IncidentMode.LIVE)
        return restoring.restore(self._means, self._shelf.content(), self._workspace, scenario_id)

    def adoption_state(self, scenario_id: str) -> AdoptionState:
        """Return whether a scenario is adopted, and which of its files differ since.

        Raises:
            NotFoundError: there is no such scenario and never was.
        """
        content = self._shelf.content()
        with self._ledger.read() as tx:
            state = adopting.adoption_state(tx, content, scenario_id)
        if state.adoption is None and scenario_id not in content.scenarios:
            adopting.known_scenario(content, scenario_id)
        return state

    def log(
        self,
        incident_id: str | None = None,
        after_id: int | None = 0,
        *,
        most: int = 500,
        lang: str | None = None,
    ) -> tuple[LogLine, ...]:
        """Return the log as sentences, oldest first: after an entry, or the newest with None.

        Raises:
            NotFoundError: there is no such incident.
        """
        organisation = self._shelf.content().directory.organisation
        with self._ledger.read() as tx:
            wanted = None if incident_id is None else read_incident(tx, incident_id).id
            if after_id is None:
                entries = newest_entries(tx, wanted, most=most)
            else:
                entries = read_entries(tx, wanted, after_id=after_id, most=most)
            return tell(tx, entries, lang=lang or organisation.locale, zone=organisation.time_zone)

    def review(self, incident_id: str, *, lang: str | None = None, with_log: bool = True) -> str:
        """Return the review of an incident as text, with its chain head and, if wanted, its log.

        Raises:
            NotFoundError: there is no such incident.
        """
        organisation = self._shelf.content().directory.organisation
        told_in = lang or organisation.locale
        told = self.show(incident_id)
        seal_all(self._ledger, told.incident)
        lines: list[LogLine] = []
        while with_log and (
            page := self.log(told.incident, lines[-1].id if lines else 0, lang=told_in)
        ):
            lines += page
        with self._ledger.read() as tx:
            head = chain_head(tx, told.incident).head
        return review_text(
            told,
            lang=told_in,
            zone=organisation.time_zone,
            lines=lines,
            head=head,
            differences=self.audit(told.incident, lang=told_in),
        )

    def audit(self, incident_id: str, *, lang: str | None = None) -> tuple[str, ...]:
        """Return, as sentences, in what an incident's log differs from what was planned.

        Raises:
            NotFoundError: there is no such incident.
        """
        told_in = lang or self._shelf.content().directory.organisation.locale
        with self._ledger.read() as tx:
            told = figures(tx, incident_id, with_people=False)
            found = audit_incident(tx, told.incident, told.reach)
            return tell_differences(tx, found, told_in)

    def export_log(self, incident_id: str, *, with_values: bool = False) -> Iterator[str]:
        """Return the lines of an incident's log, sealed first.

        Raises:
            NotFoundError: there is no such incident.
        """
        return export_lines(self._ledger, incident_id, with_values)

    def verify_log(
        self, incident_id: str, head: str | None = None, *, lang: str | None = None
    ) -> Verification:
        """Return whether an incident's log, as the ledger holds it, was touched.

        Raises:
            NotFoundError: there is no such incident.
            UsageError: the head cannot be one.
        """
        lines = export_lines(self._ledger, incident_id, True)
        locale = self._shelf.content().directory.organisation.locale
        return verify(lines, head, lang=lang or locale)

    def sweep_abandoned(self, real_now: datetime) -> int:
        """Stand down what crashed faces left half prepared; return how many preparations."""
        expired = approving.sweep_expired(self._ledger, self._clock.now())
        return expired + abandoning.sweep_abandoned(self._ledger, real_now, self._clock.now())

    def _require(self, actor: Actor, act: Act, mode: IncidentMode) -> None:
        """Let an act pass, or say who may do it; the one place where rights are asked for."""
        require(actor, act, mode, self._shelf.content().directory.officers)

    def _allowed(self, actor: Actor, act: Act, incident_id: str) -> Incident:
        """Return an incident in which the officer may do this."""
        incident = self.incident(incident_id)
        self._require(actor, act, incident.mode)
        return incident
