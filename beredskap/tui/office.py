"""What the screens work with, handed in by whoever starts them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from beredskap.domain.incident import IncidentMode
from beredskap.tui.words import Words

if TYPE_CHECKING:
    from beredskap.desk import Desk
    from beredskap.domain.officer import Actor


class Office(Protocol):
    """A desk, with what a screen says of the place it stands in."""

    @property
    def desk(self) -> Desk:
        """Return the desk, which carries out every act."""
        ...

    @property
    def locale(self) -> str:
        """Return the organisation's language."""
        ...

    @property
    def time_zone(self) -> str:
        """Return the organisation's time zone."""
        ...

    @property
    def place(self) -> str:
        """Return where the ledger is."""
        ...

    def actor(self) -> Actor:
        """Return who is at the keyboard."""
        ...

    def now(self) -> datetime:
        """Return the time that holds are judged by."""
        ...

    def has_engine(self) -> bool:
        """Say whether an engine of this workspace runs on this machine."""
        ...


def _nowhere(mode: IncidentMode, incident: str) -> None:
    """Show nothing: no screens run."""


@dataclass(kw_only=True)
class Session:
    """What every screen of one run shares."""

    opens: Callable[[], Office]
    """Opens the office; it may take a moment, so the first text is painted before."""
    lang: str | None = None
    """As asked for; None takes the organisation's."""
    settle_seconds: float = 0.4
    """How long a new screen ignores the key that leads on: a held key never crosses screens."""
    look_seconds: float = 1.0
    """How often a screen looks at the ledger."""
    is_ascii: bool = False
    words: Words = field(default_factory=lambda: Words("sv"))
    office: Office | None = None
    actor: Actor | None = None
    actor_fault: str = ""
    show_board: Callable[[IncidentMode, str], None] = _nowhere
    """Leaves every step of a launch and shows the Board; set by the program of screens."""

    @property
    def desk(self) -> Desk:
        """Return the desk; only to be asked for once the office is open."""
        if self.office is None:
            raise RuntimeError("the office is not open yet")
        return self.office.desk
