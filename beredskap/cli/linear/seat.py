"""What every part of the linear mode works with: the office, the talk, and who sits there."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from beredskap.cli.linear.talk import Talk
from beredskap.errors import BeredskapError
from beredskap.review.times import shown_clock

if TYPE_CHECKING:
    from beredskap.desk import Desk
    from beredskap.domain.officer import Actor
    from beredskap.tui.office import Office


@dataclass(kw_only=True)
class Seat:
    """One person before one workspace, talking in lines."""

    office: Office
    talk: Talk
    look_seconds: float = 2.0
    """How often the ledger is looked at while somebody may answer."""
    known: Actor | None = None
    told_fault: str = ""
    """The fault told last, where nothing has gone well since."""

    @property
    def desk(self) -> Desk:
        """Return the desk, which carries out every act."""
        return self.office.desk

    @property
    def actor(self) -> Actor:
        """Return who sits here.

        Raises:
            RefusedError: nobody known does.
        """
        if self.known is None:
            self.known = self.office.actor()
        return self.known

    def clock(self, at: datetime) -> str:
        """Return the time of day in the organisation's zone."""
        return shown_clock(at, self.office.time_zone).partition(" ")[2]

    def attempt(self, act: Callable[[], None]) -> bool:
        """Do something and say whether it was done; what is refused becomes a sentence."""
        self.told_fault = ""
        return self.look(act)

    def look(self, act: Callable[[], None]) -> bool:
        """Do what is done again and again by itself; the same fault is told once."""
        try:
            act()
        except (EOFError, BrokenPipeError):
            raise
        except BeredskapError as error:
            self._tell_fault(str(error))
        except Exception as error:  # the edge: a fault of ours is a sentence too
            if os.environ.get("BEREDSKAP_DEBUG"):
                raise
            self._tell_fault(f"{type(error).__name__}: BEREDSKAP_DEBUG=1")
        else:
            self.told_fault = ""
            return True
        return False

    def _tell_fault(self, text: str) -> None:
        if text != self.told_fault:
            self.talk.speak("fault", text=text)
        self.told_fault = text
