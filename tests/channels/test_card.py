"""The room's card gives the interfaces and pays for no provider's library."""

from __future__ import annotations

import subprocess
import sys

import pytest

from beredskap import channels

LIBRARIES = {"twilio", "aiosmtplib", "aiohttp", "imap_tools"}
TELL = "import sys, beredskap.channels{module}; print(*sys.modules)"


def imported_with(module: str) -> set[str]:
    """Return the packages a fresh interpreter has after importing a module of the room."""
    told = subprocess.run(
        [sys.executable, "-c", TELL.format(module=module)],
        capture_output=True,
        text=True,
        check=True,
    )
    return {name.partition(".")[0] for name in told.stdout.split()}


@pytest.mark.parametrize(
    ("module", "brings"),
    [
        ("", set()),
        (".people", set()),
        (".smtp", {"aiosmtplib"}),
        (".twilio", {"twilio", "aiohttp"}),
    ],
)
def test_each_module_brings_its_own_library_and_no_other(module: str, brings: set[str]) -> None:
    assert imported_with(module) & LIBRARIES == brings


def test_the_card_gives_every_interface_by_name() -> None:
    assert {"Sender", "Route", "StatusSource", "InboundSource", "Reconcilable"} <= set(
        channels.__all__
    )
    assert all(hasattr(channels, name) for name in channels.__all__)
