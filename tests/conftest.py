"""What every test may use: the shared fixtures' folder, and the rule that CI skips nothing."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
SHARED_FIXTURES = REPOSITORY.parent / "shared" / "fixtures"


@pytest.fixture
def shared_fixtures() -> Path:
    """Return the folder of shared test data, or skip where it is absent."""
    if not SHARED_FIXTURES.is_dir():
        pytest.skip("the folder shared/fixtures does not lie beside the checkout")
    return SHARED_FIXTURES


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, object, None]:
    """Turn a skip into a failure where BEREDSKAP_REQUIRE=all demands that everything runs."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.skipped and os.environ.get("BEREDSKAP_REQUIRE") == "all":
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and here a skip is a failure: {call.excinfo}"
