"""The house a command works in, opened when it is first needed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from beredskap.cli.given import Given

if TYPE_CHECKING:
    from datetime import datetime

    from beredskap.desk import Desk
    from beredskap.domain.officer import Actor
    from beredskap.library import Content
    from beredskap.wiring import House


class Here:
    """What one command was given, and the house it opens with it."""

    given: Given = Given()

    @cached_property
    def house(self) -> House:
        """Return the house of the workspace given."""
        from beredskap.wiring import open_house

        return open_house(self.given.data)

    @cached_property
    def content(self) -> Content:
        """Return what lies in the workspace's files; neither settings nor ledger are opened."""
        from beredskap.library import find_workspace, read_workspace

        return read_workspace(find_workspace(self.given.data))

    @property
    def desk(self) -> Desk:
        """Return the desk."""
        return self.house.desk

    @cached_property
    def actor(self) -> Actor:
        """Return who is at the keyboard."""
        return self.house.actor()

    @property
    def lang(self) -> str:
        """Return the language to speak: as given, else the organisation's."""
        if self.given.lang is not None:
            return self.given.lang
        if "content" in vars(self):
            return self.content.directory.organisation.locale
        return self.house.locale

    def shown(self, at: datetime) -> str:
        """Return a time as the organisation's people read it."""
        from beredskap.review.times import shown_clock

        return shown_clock(at, self.house.time_zone)

    def aware(self, at: datetime | None) -> datetime | None:
        """Return a time written in the organisation's zone as an aware one."""
        from zoneinfo import ZoneInfo

        return None if at is None else at.replace(tzinfo=ZoneInfo(self.house.time_zone))

    def say(self, key: str, **values: object) -> str:
        """Return one of the commands' sentences in the language to speak."""
        from beredskap.cli.words import say

        return say(key, self.lang, **values)

    def tell(self, key: str, **values: object) -> None:
        """Print a sentence, unless only JSON or nothing is wanted."""
        if not self.given.json and not self.given.quiet:
            print(self.say(key, **values))

    def done(self) -> None:
        """Say that it is done, as JSON too."""
        from beredskap.cli.output import print_json

        if self.given.json:
            print_json({"done": True})
        self.tell("done")


here = Here()
