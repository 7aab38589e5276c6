"""Puts everything together; the only place that chooses implementations.

The look-up of senders by the incident's mode, made here, is the only way to get a sender: a drill
cannot reach a live one.
"""

from __future__ import annotations

import asyncio
import getpass
import json
import os
import platform
import secrets
import shutil
import signal
import stat
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import beredskap
from beredskap.channels.sender import Checkable, Sender
from beredskap.clock import Clock, PacedClock, SystemClock
from beredskap.desk import Desk, Pace
from beredskap.dispatch.engine import Duty, Engine, EngineOptions
from beredskap.dispatch.launcher import EngineLauncher, EngineLock, running_engine, stop_engine
from beredskap.domain.channel import Channel
from beredskap.domain.envelope import RouteHealth
from beredskap.domain.incident import IncidentMode
from beredskap.domain.officer import Actor
from beredskap.domain.stakeholder import Organisation
from beredskap.errors import ConfigurationError, LedgerError
from beredskap.library import Content, find_workspace, read_profile, read_workspace
from beredskap.settings import STATE_FOLDER, Settings, load_settings
from beredskap.store.ledger import Ledger, open_ledger, read_meta, sqlite_url, write_meta
from beredskap.store.personal import read_people
from beredskap.store.place import check_place
from beredskap.store.reading import stopped_routes
from beredskap.store.upgrade import SCHEMA_VERSION, check_schema, has_tables, upgrade

if TYPE_CHECKING:
    from beredskap.channels.smtp import SmtpSender

_LEDGER_FILE = "ledger.sqlite3"
_CLOCK = "clock"
_SIMULATION = "simulation"
_IDLE_SECONDS = 600


class House:
    """One workspace with everything that works on it."""

    def __init__(self, workspace: Path, settings: Settings) -> None:
        """Take a workspace and its settings; nothing is opened or created yet."""
        self.workspace, self.settings = workspace, settings

    @property
    def state_folder(self) -> Path:
        """Return where the program keeps what it remembers."""
        return self.workspace / STATE_FOLDER

    @property
    def database_file(self) -> Path | None:
        """Return the ledger's file, or None where it is on a database server."""
        return None if self.settings.database_url else self.state_folder / _LEDGER_FILE

    @cached_property
    def _organisation(self) -> Organisation:
        return read_profile(self.workspace)

    @property
    def locale(self) -> str:
        """Return the organisation's language."""
        return self._organisation.locale

    @property
    def time_zone(self) -> str:
        """Return the organisation's time zone."""
        return self._organisation.time_zone

    @cached_property
    def ledger(self) -> Ledger:
        """Return the ledger, made on first use; an older one must be upgraded by hand.

        Raises:
            LedgerError: the folder or database cannot be used, or the schema is not ours.
        """
        ledger = self._open_ledger()
        if not has_tables(ledger):
            upgrade(ledger)
        check_schema(ledger)
        return ledger

    def upgrade(self) -> None:
        """Bring the ledger's tables to this program's version."""
        upgrade(self._open_ledger())

    def stopped_routes(self) -> dict[str, str]:
        """Return the routes that refuse our work, with the reason."""
        with self.ledger.read() as tx:
            return stopped_routes(tx)

    def _open_ledger(self) -> Ledger:
        file = self.database_file
        if file is not None:
            check_place(self.workspace)
        _make_private_folder(self.state_folder)
        if file is not None and _is_shared(self.state_folder):
            os.umask(0o007)  # what is shared is for the group too, and for nobody else
            file.touch(mode=0o660)  # SQLite gives its side files the mode of this one
        return open_ledger(self.settings.database_url or sqlite_url(file or Path()))

    @cached_property
    def clock(self) -> Clock:
        """Return the clock that judges due times: the machine's, or the ledger's paced one."""
        with self.ledger.read() as tx:
            held = read_meta(tx, _CLOCK)
        if held is None:
            return SystemClock()
        paced = json.loads(held)
        return PacedClock(paced["factor"], datetime.fromisoformat(paced["anchor"]))

    @cached_property
    def desk(self) -> Desk:
        """Return the desk, with an engine started by need."""
        return Desk(
            ledger=self.ledger,
            workspace=self.workspace,
            clock=self.clock,
            starter=self._launcher,
            pace=self._pace(),
        )

    def _pace(self) -> Pace:
        """Return how fast messages can leave, for the preview's estimate."""
        usual, rate = Pace(), self.settings.smtp.rate_per_minute
        return Pace(
            segments_per_second=self.settings.twilio.segments_per_second
            or usual.segments_per_second,
            mails_per_second=rate / 60 if rate else usual.mails_per_second,
        )

    def start_engine(self) -> None:
        """Start an engine of this workspace, if none runs here, and wait until it is ready."""
        _ = self.ledger
        self._launcher.ensure_running()

    @cached_property
    def _launcher(self) -> EngineLauncher:
        arguments = ("--idle", str(_IDLE_SECONDS))
        return EngineLauncher(self.workspace, self.state_folder, arguments)

    def actor(self) -> Actor:
        """Return who is at the keyboard.

        Raises:
            RefusedError: nobody in `officers.yaml` is known by this login or setting.
        """
        return self.desk.who_is(self.settings.officer, getpass.getuser())

    def content(self) -> Content:
        """Return what lies in the workspace's files, with every problem found."""
        return read_workspace(self.workspace)

    def senders(self) -> Mapping[IncidentMode, Mapping[Channel, Sender]]:
        """Return the senders of each mode; drills and rehearsals get simulated people only."""
        simulated = self._simulated_people()
        return {
            IncidentMode.LIVE: self._live_senders(),
            IncidentMode.DRILL: simulated,
            IncidentMode.TEST: {},
            IncidentMode.REHEARSAL: simulated,
        }

    def check_routes(self) -> list[RouteHealth]:
        """Return whether each live route is ready, without sending anything."""
        return asyncio.run(_check_all(self._live_senders()))

    def engine(self, *, idle_seconds: float | None = None) -> Engine:
        """Return an engine for this process; it does not run yet."""
        return Engine(
            ledger=self.ledger,
            clock=self.clock,
            senders=self.senders(),
            options=EngineOptions(
                id=f"{platform.node()}-{os.getpid()}-{secrets.token_hex(3)}",
                host=platform.node(),
                pid=os.getpid(),
                build=beredskap.__version__,
                schema_version=SCHEMA_VERSION,
                database_file=self.database_file,
                idle_seconds=idle_seconds,
                witness_to=self.settings.witness_to,
            ),
            duties=[
                Duty(
                    name="sweep_abandoned",
                    every=timedelta(minutes=1),
                    run=lambda: self.desk.sweep_abandoned(SystemClock().now()),
                )
            ],
        )

    def _simulated_people(self) -> Mapping[Channel, Sender]:
        """Return routes to simulated people, who behave as the ledger's simulation says."""
        from beredskap.channels.people import Behaviour, Crowd, SimulatedRoute

        with self.ledger.read() as tx:
            held = json.loads(read_meta(tx, _SIMULATION) or '{"seed": 1, "assigned": {}}')
        crowd = Crowd(
            seed=held["seed"],
            clock=self.clock,
            name_of=_NamesOfPeople(self.ledger),
            assigned={name: Behaviour(word) for name, word in held["assigned"].items()},
        )
        return {
            channel: SimulatedRoute(crowd, channel)
            for channel in Channel
            if channel.reaches_a_person
        }

    def _live_senders(self) -> Mapping[Channel, Sender]:
        senders: dict[Channel, Sender] = {}
        if self.settings.smtp.host:
            senders[Channel.EMAIL] = self._mail()
        if self.settings.twilio.account_sid:
            senders[Channel.SMS] = self._twilio()
        return senders

    def _smtp(self) -> SmtpSender:
        from beredskap.channels.smtp import SmtpOptions, SmtpSender

        smtp = self.settings.smtp
        organisation = self._organisation
        return SmtpSender(
            SmtpOptions(
                host=smtp.host or "",
                port=smtp.port,
                username=smtp.username,
                password=smtp.password.get_secret_value() if smtp.password else None,
                security=smtp.security,
                connections=smtp.connections,
                mails_per_second=smtp.rate_per_minute / 60 if smtp.rate_per_minute else None,
                sender=smtp.sender or organisation.mail_sender,
                sender_name=organisation.name,
                reply_to=organisation.mail_reply_to or None,
                ca_file=self.settings.ca_file,
            )
        )

    def _mail(self) -> Sender:
        """Return the mail route: both ways where a mailbox is set."""
        from beredskap.channels.imap import ImapOptions, MailStore
        from beredskap.channels.mail_route import MailRoute

        imap, sender = self.settings.imap, self._smtp()
        if not imap.host:
            return sender
        store = MailStore(
            ImapOptions(
                host=imap.host,
                port=imap.port,
                username=imap.username or "",
                password=imap.password.get_secret_value() if imap.password else "",
                security=imap.security,
                folder=imap.folder,
                ca_file=self.settings.ca_file,
            )
        )
        return MailRoute(sender, store, sender.domain)

    def _twilio(self) -> Sender:
        from beredskap.channels.twilio import TwilioOptions, TwilioSender

        twilio = self.settings.twilio
        if twilio.auth_token is None and (twilio.api_key is None or twilio.api_secret is None):
            raise ConfigurationError(
                "The Twilio account has no BEREDSKAP_TWILIO__AUTH_TOKEN and no API key with its "
                "secret; set one of them."
            )
        if not twilio.from_number:
            raise ConfigurationError(
                "BEREDSKAP_TWILIO__FROM_NUMBER is not set; set the number our SMS come from."
            )
        return TwilioSender(
            TwilioOptions(
                account_sid=twilio.account_sid or "",
                auth_token=twilio.auth_token.get_secret_value() if twilio.auth_token else None,
                api_key=twilio.api_key,
                api_secret=twilio.api_secret.get_secret_value() if twilio.api_secret else None,
                from_number=twilio.from_number,
                base_url=twilio.base_url,
                max_in_flight=twilio.max_in_flight,
                segments_per_second=twilio.segments_per_second,
                ca_file=self.settings.ca_file,
            )
        )


class _NamesOfPeople:
    """Turns a recipient's random reference into the id people know, so that a seed stays a seed."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._known: dict[str, str] = {}

    def __call__(self, ref: str) -> str:
        if ref not in self._known:
            with self._ledger.read() as tx:
                person = read_people(tx, [ref])[ref]
            self._known[ref] = person.id or person.name
        return self._known[ref]


def open_house(workspace: Path) -> House:
    """Return the house of a workspace.

    Raises:
        ConfigurationError: the settings are wrong.
        LedgerError: the workspace lies in a folder that is not there.
    """
    found = find_workspace(workspace)
    return House(found, load_settings(found))


def run_engine(house: House, *, idle_seconds: float | None = None) -> bool:
    """Run an engine here until it is told to stop; say whether one ran (one runs at a time)."""
    _make_private_folder(house.state_folder)
    lock = EngineLock(house.state_folder)
    if not lock.take():
        return False
    try:
        asyncio.run(_run_until_stopped(house, idle_seconds, lock.say_ready))
    finally:
        lock.release()
    return True


async def _run_until_stopped(
    house: House, idle_seconds: float | None, ready: Callable[[], None]
) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    engine = house.engine(idle_seconds=idle_seconds)
    await engine.run(stop, ready)


def share_with_group(workspace: Path, group: str) -> None:
    """Let the members of a group share the ledger of a new workspace.

    Raises:
        ConfigurationError: there is no such group, or the folder cannot be given to it.
    """
    folder = workspace / STATE_FOLDER
    _make_private_folder(folder)
    try:
        shutil.chown(folder, group=group)
        folder.chmod(0o2770)
    except (LookupError, OSError) as error:
        raise ConfigurationError(
            f"The folder {folder} cannot be given to the group '{group}'; "
            "name a group that exists and that you belong to."
        ) from error


def set_pace(house: House, factor: float) -> None:
    """Let the ledger's clock run faster from now on; only for a fresh workspace."""
    paced = {"factor": factor, "anchor": datetime.now(UTC).isoformat()}
    with house.ledger.write() as tx:
        write_meta(tx, _CLOCK, json.dumps(paced))
    vars(house).pop("clock", None)


def set_simulation(house: House, seed: int, assigned: Mapping[str, str]) -> None:
    """Say how the simulated people of this ledger behave: a seed, and behaviours by person id."""
    with house.ledger.write() as tx:
        write_meta(tx, _SIMULATION, json.dumps({"seed": seed, "assigned": dict(assigned)}))


def engine_of(house: House) -> tuple[int, bool] | None:
    """Return process id and readiness of the engine of this workspace on this machine, or None."""
    return running_engine(house.state_folder)


def stop_engine_of(house: House) -> bool:
    """Stop the engine of this workspace on this machine; say whether one ran."""
    return stop_engine(house.state_folder)


def _is_shared(folder: Path) -> bool:
    """Say whether a ledger's folder was given to a group."""
    return bool(folder.stat().st_mode & stat.S_ISGID)


def _make_private_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise LedgerError(
            f"The folder {folder} cannot be made ({error.strerror}); "
            "give this user the right to write in the workspace, or use --data DIR."
        ) from error


async def _check_all(senders: Mapping[Channel, Sender]) -> list[RouteHealth]:
    found = []
    for sender in senders.values():
        if isinstance(sender, Checkable):
            found.append(await sender.check())
        await sender.close()
    return found
