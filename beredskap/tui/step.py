"""What every screen has: the band on top, a sentence, the keys below, and work in a thread."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable
from typing import ClassVar, TypeVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from beredskap.domain.incident import IncidentMode
from beredskap.errors import BeredskapError
from beredskap.tui.office import Session
from beredskap.tui.times import clock_of

Found = TypeVar("Found")


class Step(Screen[None]):
    """A full screen of one mode: no dialog ever dims its band."""

    AUTO_FOCUS: ClassVar[str | None] = ""
    """No field takes the keys by itself: digits and letters belong to the screen."""
    title_key: ClassVar[str] = "duty"
    shown_keys: ClassVar[tuple[tuple[str, str], ...]] = (("Esc", "k_back"),)
    """What the key line shows, Esc leftmost: (key, word)."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", id="back", show=False),
    ]

    def __init__(self, session: Session, mode: IncidentMode) -> None:
        """Take what all screens share, and the mode this one belongs to."""
        super().__init__()
        self.session, self.incident_mode = session, mode
        self._appeared = 0.0
        self._subject = ""

    def compose(self) -> ComposeResult:
        """Lay out band, body, sentence and keys."""
        yield Static(id="band", classes=self.incident_mode.value)
        yield from self.body()
        yield Static(id="notice")
        yield Static(id="keys")

    def body(self) -> Iterable[Widget]:
        """Return what stands between band and keys."""
        return ()

    def on_mount(self) -> None:
        """Start the one clock tick a second."""
        self._appeared = time.monotonic()
        self.draw_frame()
        self.set_interval(1.0, self.draw_frame)

    def on_screen_resume(self) -> None:
        """Take the frame up again."""
        self._appeared = time.monotonic()
        self.draw_frame()

    @property
    def is_settled(self) -> bool:
        """Say whether the screen has stood long enough to be left forwards."""
        return time.monotonic() - self._appeared >= self.session.settle_seconds

    def draw_frame(self) -> None:
        """Draw band and keys; nothing else moves by itself."""
        say = self.session.words
        self.query_one("#band", Static).update(Text(self._band_text(), no_wrap=True))
        keys = "  ".join(f"{key} {say(word)}" for key, word in self.shown_keys)
        self.query_one("#keys", Static).update(Text(keys, no_wrap=True))

    def _band_text(self) -> str:
        """Return mode, step and time, and below them who is at the keyboard of which ledger."""
        say, session, width = self.session.words, self.session, self.app.size.width
        mode = say("live" if self.incident_mode is IncidentMode.LIVE else "drill")
        left = "  ".join(part for part in (mode, say(self.title_key), self._subject) if part)
        clock, place, who = "", "", ""
        if session.office is not None:
            clock = clock_of(session.office.now(), session.office.time_zone)
            place, who = session.office.place, say("nobody")
        if session.actor is not None:
            how = say(f"how_{session.actor.how_known.value}")
            who = say("officer", name=session.actor.officer.name, how=how)
        room = max(width - len(who) - 4, 0)
        return (
            f"{_spread(left, clock, width)}\n{_spread(who, place[-room:] if room else '', width)}"
        )

    def set_subject(self, subject: str) -> None:
        """Say in the band what the screen is about."""
        self._subject = subject
        self.draw_frame()

    @property
    def has_fault(self) -> bool:
        """Say whether the sentence shown is an error, which nothing trivial may cover."""
        return self.query_one("#notice", Static).has_class("fault")

    def tell(self, text: str, *, is_fault: bool = False) -> None:
        """Show one sentence above the keys."""
        notice = self.query_one("#notice", Static)
        notice.set_class(is_fault, "fault")
        notice.update(Text(text))

    def call(
        self,
        work: Callable[[], Found],
        then: Callable[[Found], None],
        *,
        group: str = "act",
        failed: Callable[[], None] | None = None,
    ) -> None:
        """Let the desk work in a thread; what it refuses becomes a sentence on this screen."""

        def fail(sentence: str) -> None:
            self.tell(self.session.words("fault", text=sentence), is_fault=True)
            if failed is not None:
                failed()

        def run() -> None:
            try:
                found = work()
            except BeredskapError as error:
                sentence = str(error)
                self._later(lambda: fail(sentence))
            except Exception as error:  # the edge: a fault of ours is a sentence too
                told = f"{type(error).__name__}: BEREDSKAP_DEBUG=1"
                self._later(lambda: fail(told))
            else:
                self._later(lambda: then(found))

        self.run_worker(run, thread=True, exit_on_error=False, group=group, exclusive=False)

    def _later(self, act: Callable[[], None]) -> None:
        def guarded() -> None:
            if self.is_attached:
                act()

        with contextlib.suppress(RuntimeError):  # the program is being left
            self.app.call_from_thread(guarded)

    def action_back(self) -> None:
        """Go back one step; nothing is lost by it."""
        if len(self.app.screen_stack) > 1:
            self.app.pop_screen()


def _spread(left: str, right: str, width: int) -> str:
    """Return a line with a text at each end; the left one gives way."""
    room = max(width - len(right) - 3, 0)
    return f" {left[:room]:<{room}} {right} "
