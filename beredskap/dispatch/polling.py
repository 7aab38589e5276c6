"""Fetching statuses and replies: all that is needed where nobody can call us from outside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from beredskap.channels.sender import InboundSource, Sender, StatusSource
from beredskap.dispatch.answering import PROVIDER, take_reply
from beredskap.dispatch.learning import News, save_news
from beredskap.dispatch.reconciling import waves_of
from beredskap.dispatch.runner import SenderBook
from beredskap.dispatch.store_thread import StoreThread
from beredskap.domain.attempt import RANK
from beredskap.domain.envelope import InboundMessage, ProviderReport, SendResult
from beredskap.domain.incident import IncidentMode
from beredskap.store.answers import without_known
from beredskap.store.attempts import read_attempts_by_provider_id
from beredskap.store.engines import move_cursor, read_cursor
from beredskap.store.ledger import Ledger

OVERLAP = timedelta(minutes=10)
"""How far back every poll looks again; what comes twice is applied once (channels 1.5)."""
_AT_ONCE = 500


class Poller:
    """Fetches reports and replies of every route that offers them."""

    def __init__(
        self, ledger: Ledger, senders: SenderBook, store: StoreThread, hash_key: bytes
    ) -> None:
        """Take the senders of each mode; a mode without an open incident is never asked."""
        self._ledger, self._store, self._hash_key = ledger, store, hash_key
        self._senders = senders
        self._seen_reports: set[tuple[str, str, str]] = set()
        self._seen_replies: set[tuple[str, str]] = set()

    async def run(
        self, mode: IncidentMode, now: datetime, real_now: datetime, *, since: datetime
    ) -> bool:
        """Fetch and apply everything new since a time; say whether anything was."""
        found = False
        for sender in self._senders.get(mode, {}).values():
            if isinstance(sender, StatusSource):
                found |= await self._poll_statuses(sender, now, real_now, since)
            if isinstance(sender, InboundSource):
                found |= await self._poll_replies(sender, now, real_now, since)
        return found

    async def _poll_statuses(
        self, sender: Sender, now: datetime, real_now: datetime, since: datetime
    ) -> bool:
        assert isinstance(sender, StatusSource)
        await sender.open()
        reports = [
            report
            for report in await sender.statuses(since)
            if self._key(report) not in self._seen_reports
        ]
        for start in range(0, len(reports), _AT_ONCE):
            part = reports[start : start + _AT_ONCE]
            await self._store.run(lambda part=part: self._save_reports(part, now, real_now))  # type: ignore[misc]
        return bool(reports)

    def _save_reports(
        self, reports: Sequence[ProviderReport], now: datetime, real_now: datetime
    ) -> None:
        """Apply reports to the attempts they are about; those of other messages are passed over."""
        with self._ledger.write() as tx:
            by_id = read_attempts_by_provider_id(tx, {r.provider_id for r in reports})
            news = [
                News(
                    attempt_id=by_id[report.provider_id].id,
                    result=_result_of(report),
                    at=report.at or now,
                    actor=PROVIDER,
                    expects_report=True,
                )
                for report in sorted(reports, key=lambda report: RANK[report.status])
                if report.provider_id in by_id
            ]
            states = {state.id: state for state in by_id.values()}
            save_news(tx, news, states, waves_of(tx, states.values()), recorded_at=real_now)
        self._seen_reports |= {
            self._key(report) for report in reports if report.provider_id in by_id
        }

    async def _poll_replies(
        self, sender: Sender, now: datetime, real_now: datetime, since: datetime
    ) -> bool:
        assert isinstance(sender, InboundSource)
        await sender.open()
        cursor_name = f"{sender.route.name}.inbound"
        cursor = await self._store.run(lambda: self._cursor(cursor_name)) or since
        replies = await sender.inbound(min(cursor - OVERLAP, now))
        new = await self._store.run(lambda: self._save_replies(replies, cursor_name, real_now))
        return new > 0

    def _cursor(self, name: str) -> datetime | None:
        with self._ledger.read() as tx:
            return read_cursor(tx, name)

    def _save_replies(
        self, replies: Iterable[InboundMessage], cursor_name: str, real_now: datetime
    ) -> int:
        """Record replies that are not recorded yet; those fetched again cost next to nothing."""
        new = 0
        unseen = [reply for reply in replies if self._name(reply) not in self._seen_replies]
        if not unseen:
            return 0
        with self._ledger.read() as tx:
            fresh = without_known(tx, unseen)
        for inbound in sorted(fresh, key=lambda reply: reply.at):
            with self._ledger.write() as tx:
                matched = take_reply(tx, inbound, hash_key=self._hash_key, recorded_at=real_now)
                if matched is not None:
                    new += 1
                    move_cursor(tx, cursor_name, inbound.at)
        self._seen_replies |= {self._name(reply) for reply in unseen}
        return new

    @staticmethod
    def _name(reply: InboundMessage) -> tuple[str, str]:
        return (reply.provider, reply.provider_id)

    @staticmethod
    def _key(report: ProviderReport) -> tuple[str, str, str]:
        return (report.provider_id, report.provider_status, report.code or "")


def _result_of(report: ProviderReport) -> SendResult:
    return SendResult(
        status=report.status,
        provider_id=report.provider_id,
        provider_status=report.provider_status,
        code=report.code,
        failure=report.failure,
        unsent=report.unsent,
    )
