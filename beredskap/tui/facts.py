"""Facts: one field for each thing the texts need; what is typed is kept at every field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.suggester import SuggestFromList
from textual.widget import Widget
from textual.widgets import Input, Static

from beredskap.domain.incident import IncidentMode
from beredskap.domain.scenario import Fact, FactType, Scenario
from beredskap.tui.office import Session
from beredskap.tui.preview import Preview
from beredskap.tui.step import Step


class Facts(Step):
    """The first step of a launch."""

    title_key: ClassVar[str] = "facts"
    shown_keys: ClassVar[tuple[tuple[str, str], ...]] = (
        ("Esc", "k_back"),
        ("Tab", "k_field"),
        ("F9", "k_next"),
        ("F1", "k_help"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9,ctrl+n", "forward", id="facts.forward", show=False),
    ]

    def __init__(self, session: Session, mode: IncidentMode, scenario: Scenario) -> None:
        """Take the scenario whose facts are asked for."""
        super().__init__(session, mode)
        self._scenario = scenario
        self._is_working = False

    def body(self) -> Iterable[Widget]:
        """Return a line for each fact."""
        with VerticalScroll(id="fields"):
            if not self._scenario.facts:
                yield Static(self.session.words("facts_none"))
            for number, fact in enumerate(self._scenario.facts):
                with Horizontal(classes="field"):
                    mark = "*" if fact.is_required else " "
                    yield Static(f"{mark} {fact.label}", classes="label")
                    yield Input(
                        id=f"fact-{number}",
                        compact=True,
                        max_length=_longest(fact),
                        placeholder=_hint(fact),
                    )
            yield Static(self.session.words("required"), classes="quiet")

    def on_mount(self) -> None:
        """Fill in the draft that was kept."""
        self.set_subject(self._scenario.title)
        self.call(self._read_draft, self._fill, group="draft")

    def _read_draft(self) -> tuple[Mapping[str, str], tuple[str, ...]]:
        desk = self.session.desk
        draft = desk.draft(self._scenario.id, self.incident_mode)
        return draft, tuple(desk.content().directory.units)

    def _fill(self, found: tuple[Mapping[str, str], tuple[str, ...]]) -> None:
        draft, units = found
        for number, fact in enumerate(self._scenario.facts):
            field = self.query_one(f"#fact-{number}", Input)
            choices = units if fact.type is FactType.UNIT else fact.choices
            if choices:
                field.suggester = SuggestFromList(choices, case_sensitive=False)
                field.placeholder = " ".join(choices)[:40]
            if not field.value:
                field.value = draft.get(fact.id, fact.default or "")
        if self._scenario.facts and self.focused is None:
            self.query_one("#fact-0", Input).focus()

    @property
    def given(self) -> dict[str, str]:
        """Return the facts as they are written now."""
        values = (
            (fact.id, self.query_one(f"#fact-{number}", Input).value.strip())
            for number, fact in enumerate(self._scenario.facts)
        )
        return {name: value for name, value in values if value}

    def on_input_submitted(self) -> None:
        """Go to the next field; Enter never leaves the screen."""
        last = len(self._scenario.facts) - 1
        if self.focused is not None and self.focused.id != f"fact-{last}":
            self.focus_next()

    def on_input_blurred(self) -> None:
        """Keep the draft whenever a field is left."""
        self._keep()

    def _keep(self) -> None:
        given = self.given
        desk, name, mode = self.session.desk, self._scenario.id, self.incident_mode
        self.call(lambda: desk.keep_draft(name, mode, given), self._kept, group="draft")

    def _kept(self, _nothing: None) -> None:
        if not self._is_working and not self.has_fault:
            self.tell(self.session.words("draft_kept"))

    def action_back(self) -> None:
        """Keep the draft and go back."""
        self._keep()
        super().action_back()

    def action_forward(self) -> None:
        """Work out who would hear what, and show it."""
        if self._is_working or not self.is_settled or self._says_what_is_missing():
            return
        self._is_working = True
        self.tell(self.session.words("working"))
        given, desk = self.given, self.session.desk
        name, mode = self._scenario.id, self.incident_mode

        def prepare() -> object:
            desk.keep_draft(name, mode, given)
            return desk.prepare(name, given, mode=mode)

        self.call(prepare, self._prepared, failed=self._failed)

    def _says_what_is_missing(self) -> bool:
        """Say which needed facts are empty, and go to the first of them."""
        given = self.given
        missing = [
            (number, fact.label)
            for number, fact in enumerate(self._scenario.facts)
            if fact.is_required and fact.id not in given
        ]
        if missing:
            labels = ", ".join(label for _, label in missing)
            self.tell(self.session.words("fill_in", labels=labels), is_fault=True)
            self.query_one(f"#fact-{missing[0][0]}", Input).focus()
        return bool(missing)

    def _failed(self) -> None:
        self._is_working = False

    def _prepared(self, preparation: object) -> None:
        self._is_working = False
        self.tell("")
        self.app.push_screen(Preview(self.session, self.incident_mode, preparation))


def _longest(fact: Fact) -> int:
    """Return how much may be typed: as much as the texts bear, and any id of a unit or choice."""
    is_listed = fact.type in (FactType.UNIT, FactType.CHOICE)
    return max(fact.longest, 40) if is_listed else max(fact.longest, 5)


def _hint(fact: Fact) -> str:
    return {FactType.TIME: "14.05", FactType.NUMBER: "0"}.get(fact.type, "")
