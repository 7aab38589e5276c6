"""Reads, checks and renders what people write in files: scenarios, contact lists, templates.

Promises: whatever is wrong in a file is a problem with its file, line, rule and sentence, never an
exception; a broken file stops only what needs it; texts are rendered in a sandbox that forbids
undefined names, and get their drill marks here alone. Must not enter: the ledger, providers,
clocks, and anything that decides who is told.
"""

from __future__ import annotations

from beredskap.library.check import check
from beredskap.library.extremes import ExtremeText, extreme_texts, unrenderable
from beredskap.library.facts import check_facts, longest_facts, shortest_facts
from beredskap.library.organisation import read_profile
from beredskap.library.rendering import freeze_bodies
from beredskap.library.shipped import copy_shipped
from beredskap.library.tracked import tracked_files
from beredskap.library.workspace import (
    Content,
    files_of,
    find_workspace,
    problems_for,
    read_workspace,
    templates_of,
)

__all__ = [
    "Content",
    "ExtremeText",
    "check",
    "check_facts",
    "copy_shipped",
    "extreme_texts",
    "files_of",
    "find_workspace",
    "freeze_bodies",
    "longest_facts",
    "problems_for",
    "read_profile",
    "read_workspace",
    "shortest_facts",
    "templates_of",
    "tracked_files",
    "unrenderable",
]
