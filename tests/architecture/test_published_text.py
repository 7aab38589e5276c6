"""What may not stand in any file of the repository: this machine, real people, download hosts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.architecture.checkout import committable_texts

MACHINE_PATH = re.compile(r"(?<![\w.~-])/(?:work|root|home)/")
DOWNLOAD_HOST = re.compile(
    r"index[-_]url|find[-_]links|file:/{3}|pypi[.]org|pythonhosted[.]org|registry[.]npmjs"
    r"|https?:[^\s\"']+/simple\b"
)
MAIL_ADDRESS = re.compile(r"[\w.%+-]+@((?:[\w-]+[.])+[^\W\d_]{2,})")
SWEDISH_MOBILE = re.compile(
    r"(?<![\w.+])(?:(?:[+]|00)46[ -]?(?:[(]0[)])?|0)[ -]?(7[02369](?:[ -]?\d){7})(?!\d)"
)
FICTITIOUS_MOBILES = range(701740605, 701740700)
"""The numbers that the Swedish telecom authority keeps for fiction, without +46."""


def machine_paths(text: str) -> Iterator[str]:
    """Return every absolute path of somebody's machine."""
    return (found.group() for found in MACHINE_PATH.finditer(text))


def download_hosts(text: str) -> Iterator[str]:
    """Return every address or option that says where packages are fetched from."""
    return (found.group() for found in DOWNLOAD_HOST.finditer(text))


def real_mail_addresses(text: str) -> Iterator[str]:
    """Return every mail address that could be somebody's; two endings can never be anybody's."""
    for found in MAIL_ADDRESS.finditer(text):
        if found.group(1).lower().rpartition(".")[2] not in {"example", "invalid"}:
            yield found.group()


def real_mobile_numbers(text: str) -> Iterator[str]:
    """Return every Swedish mobile number that could be somebody's."""
    for found in SWEDISH_MOBILE.finditer(text):
        if int(re.sub(r"\D", "", found.group(1))) not in FICTITIOUS_MOBILES:
            yield found.group()


@pytest.mark.parametrize(
    "told_by", [machine_paths, download_hosts, real_mail_addresses, real_mobile_numbers]
)
def test_no_file_tells_of(told_by: Callable[[str], Iterator[str]]) -> None:
    faults = [f"{name}: {found}" for name, text in _judged() for found in told_by(text)]
    assert not faults, "\n".join(faults)


def _judged() -> Iterator[tuple[Path, str]]:
    return ((name, text) for name, text in committable_texts() if name.name != "LICENSE")


@pytest.mark.parametrize(
    ("told_by", "real", "harmless"),
    [
        (machine_paths, "see /{}/alice/x".format("home"), "https://stad.example/home/alice"),
        (download_hosts, "--index{}url x".format("-"), "a simple/plain index"),
        (real_mail_addresses, "a.b{}stad.se".format("@"), "a.b@post.stad.example and @pytest.mark"),
        (real_mobile_numbers, "+46 {}-123 45 67".format("70"), "+46 70 174 06 05 and 0701740699"),
        (real_mobile_numbers, "{}01740604".format("07"), "07 and 2007012345678901"),
    ],
)
def test_what_is_real_is_told_from_what_is_harmless(
    told_by: Callable[[str], Iterator[str]], real: str, harmless: str
) -> None:
    assert list(told_by(real))
    assert not list(told_by(harmless))
