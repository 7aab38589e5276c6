"""What every test may use: which package is tested, the shared fixtures, and CI's refusal of skips.

The checkout is what is tested, even where a copy of the package is installed beside it:
`pythonpath` in `pyproject.toml` puts it first here, and `PYTHONPATH` below puts it first in every
interpreter that a test starts.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED_FIXTURES = REPOSITORY.parent / "shared" / "fixtures"

os.environ["PYTHONPATH"] = os.pathsep.join(
    filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH")])
)
os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="beredskap-cache-")


@pytest.fixture(scope="session", autouse=True)
def _no_cache_left_behind() -> Iterator[None]:
    """Keep what is cached out of the home folder of whoever runs the tests."""
    yield
    shutil.rmtree(os.environ["XDG_CACHE_HOME"], ignore_errors=True)


@pytest.fixture(scope="session")
def repository() -> Path:
    """Return the top of the checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared_fixtures() -> Path:
    """Return the folder of shared test data, or skip where it is absent."""
    if not SHARED_FIXTURES.is_dir():
        pytest.skip("the folder shared/fixtures does not lie beside the checkout")
    return SHARED_FIXTURES


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Judge a test's skip by what is required."""
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Judge a whole module's skip by what is required."""
    report = yield
    _refuse_skip(report)
    return report


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure that shows its reason, where everything is required to run.

    An expected failure is reported as a skip too; it did run, so it stays as it is.
    """
    required = os.environ.get("BEREDSKAP_REQUIRE") == "all"
    if required and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[-1] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid}: BEREDSKAP_REQUIRE=all allows no skip. {reason}"
