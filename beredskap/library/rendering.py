"""Rendering texts in a sandbox that forbids undefined names, and freezing them with their marks."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from functools import cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, TemplateRuntimeError, UndefinedError
from jinja2.exceptions import SecurityError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from beredskap.domain.channel import Channel
from beredskap.domain.incident import IncidentMode
from beredskap.domain.message import Body, MessageTemplate
from beredskap.domain.scenario import FactType, Scenario
from beredskap.domain.sms import contains_drill_word, mark_drill
from beredskap.domain.stakeholder import Directory
from beredskap.errors import ContentError
from beredskap.library.text_cache import SourceLoader, text_cache

_LONGEST_SMS = 1_600
"""Characters; Twilio refuses longer bodies (error 21617)."""
_LONGEST_TEXT = 100_000
_SECONDS = 2.0
_SUBJECT = "Subject:"
_KEPT = 2_000
"""Compiled texts held in memory."""


class _Sandbox(ImmutableSandboxedEnvironment):
    """Lets no text take in another: a text is whole in its own file."""

    def join_path(self, template: str, parent: str) -> str:
        """Refuse what includes, imports or extends ask for."""
        raise TemplateRuntimeError(f"no text may take in another ('{template}')")


@cache
def _sandbox(is_html: bool) -> _Sandbox:
    return _Sandbox(
        undefined=StrictUndefined,
        autoescape=is_html,
        keep_trailing_newline=False,
        loader=SourceLoader(),
        bytecode_cache=text_cache("html" if is_html else "text"),
        cache_size=_KEPT,
        auto_reload=False,
    )


def freeze_bodies(
    template: MessageTemplate,
    scenario: Scenario,
    directory: Directory,
    facts: Mapping[str, str],
    mode: IncidentMode,
    *,
    channels: tuple[Channel, ...] = (Channel.SMS, Channel.EMAIL),
) -> dict[tuple[Channel, str], Body]:
    """Return the frozen text of a template for every channel and language it has.

    Outside a live incident every text gets the drill marks here, and nowhere else.

    Raises:
        ContentError: a text cannot be rendered, is too long, or speaks of a drill while live.
    """
    names = _names(scenario, directory, facts)
    return {
        (channel, language): _body(template, channel, language, names, mode)
        for channel, language in template.sources
        if channel in channels
    }


def placeholders(source: str, *, is_html: bool = False) -> frozenset[str]:
    """Return the top names a source uses that it does not set itself.

    Raises:
        ContentError: the source is not Jinja.
    """
    from jinja2 import meta

    try:
        return frozenset(meta.find_undeclared_variables(_sandbox(is_html).parse(source)))
    except TemplateSyntaxError as error:
        raise ContentError(f"line {error.lineno}: {error.message}") from error


def forget_compiled() -> None:
    """Forget every compiled text held in memory, as a new process does."""
    _sandbox.cache_clear()


def _body(
    template: MessageTemplate,
    channel: Channel,
    language: str,
    names: Mapping[str, Any],
    mode: IncidentMode,
) -> Body:
    where = f"message_templates/{template.id}/{channel.value}.{language}.j2"
    text = _render(template.sources[channel, language], names, where, is_html=False)
    subject, html = "", ""
    if channel is Channel.EMAIL:
        subject, text = _divide(text, where)
        source = template.html_sources.get(language)
        html = _render(source, names, where, is_html=True) if source is not None else ""
    longest = _LONGEST_SMS if channel is Channel.SMS else _LONGEST_TEXT
    if len(text) > longest or len(html) > _LONGEST_TEXT:
        raise ContentError(f"{where} renders to {len(text)} characters; {longest} is the most.")
    return _marked(
        Body(channel=channel, language=language, text=text, subject=subject, html=html), mode, where
    )


def _marked(body: Body, mode: IncidentMode, where: str) -> Body:
    if mode.needs_marks:
        return Body(
            channel=body.channel,
            language=body.language,
            text=mark_drill(body.text),
            subject=mark_drill(body.subject) if body.subject else "",
            html=mark_drill(body.html) if body.html else "",
        )
    if any(contains_drill_word(part) for part in (body.text, body.subject, body.html)):
        raise ContentError(f"{where} speaks of a drill and cannot be sent live; mend the text.")
    return body


def _divide(text: str, where: str) -> tuple[str, str]:
    """Return subject and text of a mail's source."""
    first, _, rest = text.partition("\n")
    if not first.startswith(_SUBJECT) or not first.removeprefix(_SUBJECT).strip():
        raise ContentError(f"{where} must begin with a line 'Subject: ...'; add one.")
    return " ".join(first.removeprefix(_SUBJECT).split()), rest.strip()


def _render(source: str, names: Mapping[str, Any], where: str, *, is_html: bool) -> str:
    try:
        template = _compiled(source, is_html)
        with _time_limit(_SECONDS):
            return template.render(names).strip()
    except UndefinedError as error:
        raise ContentError(f"{where} uses a name that is not there: {error.message}.") from error
    except SecurityError as error:
        raise ContentError(f"{where} does what texts may not do; mend the text.") from error
    except TemplateSyntaxError as error:
        raise ContentError(f"{where} line {error.lineno}: {error.message}.") from error
    except (
        TemplateError,
        OverflowError,
        MemoryError,
        TypeError,
        ValueError,
        ArithmeticError,
    ) as error:
        raise ContentError(f"{where} cannot be rendered ({type(error).__name__}).") from error
    except TimeoutError as error:
        raise ContentError(f"{where} takes over {_SECONDS:.0f} s to render; mend it.") from error


def _compiled(source: str, is_html: bool) -> Template:
    return _sandbox(is_html).get_template(source)


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """End what takes too long, where this is the main thread; elsewhere sizes alone limit it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def _stop(_number: int, _frame: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, _stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _names(scenario: Scenario, directory: Directory, facts: Mapping[str, str]) -> dict[str, Any]:
    """Return what a text may use: `fact`, `organisation` and `scenario`, as plain values."""
    values: dict[str, Any] = dict(facts)
    for fact in scenario.facts:
        unit = directory.units.get(facts.get(fact.id, ""))
        if fact.type is FactType.UNIT and unit is not None:
            values[fact.id] = asdict(unit)
    return {
        "fact": values,
        "organisation": asdict(directory.organisation),
        "scenario": {"id": scenario.id, "title": scenario.title, "level": scenario.level},
    }
