"""The program of screens: two modes with stacks of their own, live and drill."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen

from beredskap.domain.incident import IncidentMode
from beredskap.tui.board import Board
from beredskap.tui.duty import Duty
from beredskap.tui.office import Session
from beredskap.tui.reading import Help


class Screens(App[None]):
    """Shows what the desk knows and gathers what an officer wants; nothing is sent from here."""

    CSS = """
    Screen { background: #000000; color: #ffffff; }
    #band { height: 2; text-style: bold; }
    #band.live { background: #ff5f00; color: #000000; }
    #band.drill { background: #00afff; color: #000000; }
    #keys { dock: bottom; height: 1; background: #262626; color: #ffffff; }
    #notice { dock: bottom; height: auto; max-height: 3; offset-y: -1; color: #ffffff; }
    #notice.fault { color: #ff5f5f; }
    #running { height: auto; max-height: 8; }
    #heading { height: 1; text-style: bold; margin-top: 1; }
    #scenarios { height: 1fr; }
    .field { height: 1; }
    .label { width: 26; padding-right: 1; }
    Input { background: #1c1c1c; color: #ffffff; }
    Input:focus { background: #303030; }
    #fields, #page { height: 1fr; }
    .quiet { color: #b2b2b2; }
    #what { text-style: bold; margin: 1 0; height: auto; }
    #with, #how, #hold, #prompt, #numbers { height: auto; }
    #hold { margin-top: 1; text-style: bold; }
    #count { width: 16; }
    #rows, #lines { height: 1fr; }
    #lines { background: #000000; color: #ffffff; }
    """
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", id="quit", show=False),
        Binding("f12", "change_mode", id="change_mode", show=False),
        Binding("f1,question_mark", "help", id="help", show=False),
    ]

    def __init__(self, session: Session) -> None:
        """Take what all screens share."""
        super().__init__()
        self.session = session
        session.show_board = self.show_board
        self.animation_level = "none"

    def on_mount(self) -> None:
        """Show Duty; every start is a live one."""
        self._mode = IncidentMode.LIVE
        for mode in (IncidentMode.LIVE, IncidentMode.DRILL):
            self.add_mode(mode.value, _duty_of(self.session, mode))
        self.switch_mode(self._mode.value)

    def show_board(self, mode: IncidentMode, incident: str) -> None:
        """Leave every step of a launch and show the Board above Duty."""
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.push_screen(Board(self.session, mode, incident))

    def action_change_mode(self) -> None:
        """Change between live and drill; each keeps its screens."""
        is_live = self._mode is IncidentMode.LIVE
        self._mode = IncidentMode.DRILL if is_live else IncidentMode.LIVE
        self.switch_mode(self._mode.value)

    def action_help(self) -> None:
        """Show the keys above whatever is shown."""
        if not isinstance(self.screen, Help):
            self.push_screen(Help(self.session, self._mode))

    async def action_quit(self) -> None:
        """Leave; what is being sent goes on."""
        self.exit()


def _duty_of(session: Session, mode: IncidentMode) -> Callable[[], Screen[None]]:
    return lambda: Duty(session, mode)
