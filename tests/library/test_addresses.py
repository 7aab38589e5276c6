"""Numbers and addresses in every spelling people use, and what can never be one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beredskap.library.addresses import _checked_by_library, normalise_mail, normalise_number

ONE_NUMBER = [
    "070-174 06 05", "0701740605", "070 1740605", "+46701740605", "+46 70 174 06 05",
    "+46 (0)70-174 06 05", "0046701740605", "0046 70 174 06 05", "46701740605", "(070) 174 06 05",
    "070/1740605", "070.174.06.05",
]  # fmt: skip


@pytest.mark.parametrize("written", ONE_NUMBER)
def test_twelve_spellings_are_one_number(written: str) -> None:
    assert normalise_number(written) == "+46701740605"


@pytest.mark.parametrize(
    "written",
    ["", "112", "113 13", "114 14", "1177", "0900-123 45", "0939-123456", "08-465 004 00",
     "070-174 06", "070-174 06 055", "abc", "+", "+4670174060a", "０７０１７４０６０５"],
)  # fmt: skip
def test_what_cannot_be_a_mobile_number_is_refused(written: str) -> None:
    assert normalise_number(written) is None


@given(st.from_regex(r"\+467[02369][0-9]{7}", fullmatch=True))
def test_the_quick_way_agrees_with_the_library(number: str) -> None:
    assert _checked_by_library(number) in (number, None)
    assert normalise_number(number) == number


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("kari@norrmalm.example", "kari@norrmalm.example"),
        (" kari.a+b@norrmalm.example ", "kari.a+b@norrmalm.example"),
        ("kari@exämple.example", "kari@xn--exmple-cua.example"),
        ("kari", None),
        ("kari@", None),
        ("@norrmalm.example", None),
        ("kari@norrmalm", None),
        ("kari..a@norrmalm.example", None),
        ("kåri@norrmalm.example", None),
        ("kari@norrmalm.example\nBcc: ove@norrmalm.example", None),
        ("kari@norr\x00malm.example", None),
    ],
)
def test_mail_addresses(written: str, address: str | None) -> None:
    assert normalise_mail(written) == address
