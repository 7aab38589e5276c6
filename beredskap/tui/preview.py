"""Preview: who, what, when, in which words, and who cannot be reached."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from beredskap.domain.incident import IncidentMode
from beredskap.domain.wording import word
from beredskap.tui.confirm import Confirm
from beredskap.tui.office import Session
from beredskap.tui.step import Step
from beredskap.tui.words import Words

if TYPE_CHECKING:
    from beredskap.desk import MeasuredMessage, Preparation


class Preview(Step):
    """The second step of a launch."""

    title_key: ClassVar[str] = "preview"
    shown_keys: ClassVar[tuple[tuple[str, str], ...]] = (
        ("Esc", "k_back"),
        ("F9", "k_next"),
        ("F1", "k_help"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9,ctrl+n", "forward", id="preview.forward", show=False),
        Binding("down,j", "scroll(2)", id="preview.down", show=False),
        Binding("up,k", "scroll(-2)", id="preview.up", show=False),
        Binding("pagedown,space", "scroll(15)", id="preview.page_down", show=False),
        Binding("pageup", "scroll(-15)", id="preview.page_up", show=False),
    ]

    def __init__(self, session: Session, mode: IncidentMode, preparation: object) -> None:
        """Take what is to be confirmed."""
        super().__init__(session, mode)
        self._preparation: Preparation = preparation  # type: ignore[assignment]

    def body(self) -> Iterable[Widget]:
        """Return the text, to be scrolled."""
        lines = "\n".join(preview_lines(self._preparation, self.session.words))
        with VerticalScroll(id="page"):
            yield Static(Text(lines), id="text")

    def on_mount(self) -> None:
        """Say in the band what it is about."""
        self.set_subject(self._preparation.scenario.title)

    def action_scroll(self, lines: int) -> None:
        """Scroll the text."""
        self.query_one("#page", VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_forward(self) -> None:
        """Go on to the confirmation."""
        if self.is_settled:
            self.app.push_screen(Confirm(self.session, self.incident_mode, self._preparation))


def preview_lines(preparation: Preparation, say: Words) -> Iterator[str]:
    """Yield a launch in lines: numbers first, then what happens, who is missed, and the texts."""
    waves = preparation.plan.waves
    yield say("to_persons", persons=preparation.persons, waves=len(waves))
    yield say("parts", segments=preparation.estimate.segments)
    missing = preparation.missing_corrections
    if missing:
        yield say("corrections_missing", what=", ".join(missing))
    else:
        yield say("corrections_ready")
    if preparation.duplicates:
        yield say("twice", count=len(preparation.duplicates))
    unreachable = preparation.unreachable
    if unreachable:
        yield ""
        yield say("not_reachable", count=len(unreachable))
        yield from (f"  {row.name}: {word(row.reason, say.lang)}" for row in unreachable)
    yield ""
    yield say("what_next")
    for planned in waves:
        yield say(
            "wave_line",
            after=planned.wave.opening.after_seconds // 60,
            title=planned.wave.title,
            persons=len(planned.deliveries),
        )
    yield ""
    yield say("texts")
    for message in preparation.messages:
        yield from text_lines(message)


def text_lines(message: MeasuredMessage) -> Iterator[str]:
    """Yield one text with its size above it."""
    body = message.body
    size = f"{message.encoding} {message.segments}" if message.encoding else ""
    yield f"  {body.channel.value} {body.language} {size}".rstrip()
    yield from (f"    {line}" for line in [body.subject, *body.text.splitlines()] if line)
