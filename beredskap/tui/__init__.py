"""Textual screens and widgets: they show state, gather intent, and call the desk.

Promises: closing a screen never stops a cascade; live and drill never share a band, a word or a
confirmation. Must not enter: rules, senders, the ledger, the engine, anything a command also needs.
"""

from __future__ import annotations

from beredskap.tui.app import Screens
from beredskap.tui.office import Office, Session

__all__ = ["Office", "Screens", "Session"]
