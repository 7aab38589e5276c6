"""The verbs of a duty officer: prepare, launch, lead, answer, note, stop, close, adopt, review.

Promises: every verb takes an `Actor` and is judged in one place; what is refused says who or what
would allow it; an act is written whole with its log entries or not at all; stopping is always
possible; nothing here sends.
Must not enter: providers, terminals, asynchronous code, and any name that reaches them.
"""

from __future__ import annotations

from beredskap.desk.adopting import AdoptionState
from beredskap.desk.approving import Approved
from beredskap.desk.correcting import Correction
from beredskap.desk.desk import Desk
from beredskap.desk.erasing import Erasure
from beredskap.desk.launching import Launched
from beredskap.desk.ports import EngineStarter, Pace
from beredskap.desk.preparing import Estimate, LeftOut, MeasuredMessage, Preparation
from beredskap.desk.restoring import Restored
from beredskap.desk.running import Stopped
from beredskap.desk.sheets import SheetTaken
from beredskap.review import LogLine

__all__ = [
    "AdoptionState",
    "Approved",
    "Correction",
    "Desk",
    "EngineStarter",
    "Erasure",
    "Estimate",
    "Launched",
    "LeftOut",
    "LogLine",
    "MeasuredMessage",
    "Pace",
    "Preparation",
    "Restored",
    "SheetTaken",
    "Stopped",
]
