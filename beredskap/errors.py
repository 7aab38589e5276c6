"""Every error of the program: one base class, one sentence each; the sentence is the message.

The text names the thing, says what is wrong and what to do. Errors are shown once, at the edge.
No message carries a telephone number, an address or a secret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beredskap.domain.problem import Problem


class BeredskapError(Exception):
    """Is the parent of everything this program raises on purpose."""


class UsageError(BeredskapError):
    """Tells that the command was written wrongly: a bad option, fact or number."""


class ContentError(BeredskapError):
    """Tells that files make this act impossible, with every problem found in them."""

    def __init__(self, message: str, problems: Sequence[Problem] = ()) -> None:
        """Keep the problems beside the sentence so that a face can list them."""
        super().__init__(message)
        self.problems = tuple(problems)


class RefusedError(BeredskapError):
    """Tells that a safety rule refuses the act, and what would make it allowed."""


class TransitionError(RefusedError):
    """Tells that a status may not move as asked; nothing has been changed."""


class ConfigurationError(BeredskapError):
    """Tells that a setting is missing or wrong, and which one."""


class ProviderError(BeredskapError):
    """Tells that a provider cannot be used: unreachable, or it refuses our login."""


class EngineError(BeredskapError):
    """Tells that no engine runs, or that it could not be started."""


class LedgerError(BeredskapError):
    """Tells that the ledger cannot be read or written, and why."""


class NotFoundError(BeredskapError):
    """Tells that nothing has the name asked for, and where the names are listed."""
