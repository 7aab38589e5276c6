"""The one thread of an engine that touches the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Returned = TypeVar("Returned")


class StoreThread:
    """Is the one thread of an engine that touches the ledger."""

    def __init__(self) -> None:
        """Start the thread on first use."""
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")

    async def run(self, work: Callable[[], Returned]) -> Returned:
        """Run a piece of work in the thread and return what it returns."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def close(self) -> None:
        """Wait for the work under way and end the thread."""
        self._pool.shutdown(wait=True)
