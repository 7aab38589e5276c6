"""Comparing what the plan required with what the log shows, entry by entry.

The audit reads the log alone, in its order, and shares no code with the rules that sent: a fault in
them is a difference here. What it finds is never mended by it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from beredskap.domain.log import Code, LogEntry, LogKind
from beredskap.domain.reach import ReachClass

_FINAL = frozenset({"acknowledged", "informed", "unreached", "cancelled", "skipped"})
_TAKEN = frozenset({"accepted", "sent", "delivery_unknown", "delivered"})
_FAILED = frozenset({"failed_retryable", "failed_permanent", "expired", "cancelled"})
_RANKS = (
    "planned", "sending", "uncertain", "accepted", "sent", "delivery_unknown", "expired",
    "cancelled", "delivered", "failed_retryable", "failed_permanent", "acknowledged",
)  # fmt: skip
_CLASSES = {
    "acknowledged": ReachClass.ACKNOWLEDGED,
    "delivered": ReachClass.DELIVERED,
    "accepted": ReachClass.HANDED_OVER,
    "sent": ReachClass.HANDED_OVER,
    "delivery_unknown": ReachClass.HANDED_OVER,
    "uncertain": ReachClass.UNCERTAIN,
}
_ENDS_WHAT_CAME_BEFORE = frozenset({"false_alarm", "all_clear"})
_GATES = {
    LogKind.CASCADE_RELEASED: True,
    LogKind.CASCADE_RESUMED: True,
    LogKind.CASCADE_PAUSED: False,
    LogKind.CASCADE_STOOD_DOWN: False,
    LogKind.CASCADE_COMPLETED: False,
}
_WAVE_ENDS = frozenset({LogKind.WAVE_SATISFIED, LogKind.WAVE_EXPIRED, LogKind.WAVE_CANCELLED})


class DifferenceKind(StrEnum):
    """What can differ between a plan and its log."""

    COUNT = "count"
    """Other than the confirmed number of persons was planned."""
    UNPLANNED = "unplanned"
    """Something was sent to a person who is in no plan."""
    NOT_RUNNING = "not_running"
    """Something was sent before the release, in a pause, or after the end."""
    WAVE_CLOSED = "wave_closed"
    """Something was sent in a wave that was not open."""
    OVERTAKEN = "overtaken"
    """An original was sent after its false alarm or all-clear."""
    TWICE = "twice"
    """A second message was taken, and nothing in the log says why it was sent."""
    UNTOLD = "untold"
    """The alert has ended and the log does not say what became of the person."""
    UNCORRECTED = "uncorrected"
    """Something may have come to the person, and a later correction does not go there."""
    TOTALS = "totals"
    """The classes counted anew from the log are not those the ledger shows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """One thing in which log and plan differ."""

    kind: DifferenceKind
    cascade: int | None = None
    person: str | None = None
    """Reference of the person."""
    wave: str | None = None
    planned: int | None = None
    found: int | None = None


@dataclass(slots=True)
class _Run:
    """One cascade as the log tells of it."""

    kind: str
    persons: int
    is_running: bool = False
    has_ended: bool = False
    was_stopped: bool = False
    waves: dict[str, bool] = field(default_factory=dict)
    """Wave → whether it is open."""
    duties: Counter[str] = field(default_factory=Counter)
    confirmed: set[str] = field(default_factory=set)
    """Everybody in the audiences, whom an officer confirmed by their number."""
    ended: set[tuple[str, object]] = field(default_factory=set)
    attempts: dict[tuple[str, object], str] = field(default_factory=dict)
    """Person and what tells attempts apart → the highest status."""
    taken: dict[tuple[str, int], int] = field(default_factory=dict)
    """Person and delivery → the attempt that was taken last."""
    may_repeat: set[tuple[str, int]] = field(default_factory=set)
    unsent: set[tuple[str, int, int]] = field(default_factory=set)
    """Person, delivery and number of attempts that are proven not to have left."""
    started: Counter[str] = field(default_factory=Counter)
    started_before: dict[int, frozenset[str]] = field(default_factory=dict)
    """Earlier cascade → those to whom it had begun to send when this one was prepared."""


def audit(entries: Iterable[LogEntry], reach: Mapping[ReachClass, int]) -> tuple[Difference, ...]:
    """Return every difference between the plans and the log of one incident, in its order.

    `reach` is what the ledger shows of the same incident.
    """
    reader = _Reader()
    for entry in entries:
        reader.take(entry)
    return tuple([*reader.found, *reader.at_the_end(reach)])


class _Reader:
    """Reads entries in their order."""

    def __init__(self) -> None:
        self.runs: dict[int, _Run] = {}
        self.found: list[Difference] = []

    def take(self, entry: LogEntry) -> None:
        codes, kind = entry.codes, entry.kind
        if kind is LogKind.CASCADE_PREPARED:
            before = {number: frozenset(run.started) for number, run in self.runs.items()}
            self.runs[_int(codes["cascade"])] = _Run(
                kind=str(codes["kind"]), persons=_int(codes["persons"]), started_before=before
            )
            return
        run = self.runs.get(_int(codes.get("cascade", 0)))
        if run is None:
            return
        if kind in _GATES:
            run.is_running = _GATES[kind]
            if kind in (LogKind.CASCADE_COMPLETED, LogKind.CASCADE_STOOD_DOWN):
                run.has_ended = True
                run.was_stopped = kind is LogKind.CASCADE_STOOD_DOWN
        elif kind is LogKind.WAVE_OPENED or kind in _WAVE_ENDS:
            run.waves[str(codes["wave"])] = kind is LogKind.WAVE_OPENED
        elif kind is LogKind.ATTEMPTS_STARTED:
            self._take_starts(_int(codes["cascade"]), run, codes)
        elif kind is LogKind.ATTEMPT_NEWS:
            self._take_news(_int(codes["cascade"]), run, codes)
        else:
            _take_person(run, entry)
        if str(codes.get("to", "")) in _FINAL:
            run.ended |= set(_named_deliveries(entry))
        if kind is LogKind.DELIVERY_MOVED and codes.get("to") == "waiting":
            run.may_repeat |= set(_named_deliveries(entry))

    def _take_starts(self, cascade: int, run: _Run, codes: Mapping[str, Code]) -> None:
        wave, people = str(codes["wave"]), _numbers(codes["attempts"])
        repeats = {str(person) for person in _list(codes.get("repeats"))}
        ended_by = self._ended_by(cascade)
        for person, number in people.items():
            for is_wrong, kind in (
                (person not in run.duties, DifferenceKind.UNPLANNED),
                (not run.is_running, DifferenceKind.NOT_RUNNING),
                (not run.waves.get(wave, False), DifferenceKind.WAVE_CLOSED),
                (ended_by, DifferenceKind.OVERTAKEN),
            ):
                if is_wrong:
                    self.found.append(
                        Difference(kind=kind, cascade=cascade, person=person, wave=wave)
                    )
            run.attempts[person, (wave, number)] = "sending"
            run.started[person] += 1
            if person in repeats:
                run.may_repeat |= {key for key in run.taken if key[0] == person}

    def _ended_by(self, cascade: int) -> bool:
        """Say whether a later false alarm or all-clear has begun."""
        return any(
            later > cascade and run.kind in _ENDS_WHAT_CAME_BEFORE and run.is_running
            for later, run in self.runs.items()
        )

    def _take_news(self, cascade: int, run: _Run, codes: Mapping[str, Code]) -> None:
        status, deliveries = str(codes["status"]), _numbers(codes["deliveries"])
        for person, number in _numbers(codes["attempts"]).items():
            key = (person, deliveries[person])
            told = (person, (deliveries[person], number))
            held = run.attempts.get(told, "planned")
            run.attempts[told] = max(held, status, key=_RANKS.index)
            if codes.get("unsent"):
                run.unsent.add((*key, number))
            if status in _TAKEN:
                self._take_taken(cascade, run, key, number)
            elif status in _FAILED and run.taken.get(key) == number:
                del run.taken[key]

    def _take_taken(self, cascade: int, run: _Run, key: tuple[str, int], number: int) -> None:
        before = run.taken.get(key)
        if before is not None and number > before:
            if key not in run.may_repeat:
                self.found.append(
                    Difference(kind=DifferenceKind.TWICE, cascade=cascade, person=key[0])
                )
            run.may_repeat.discard(key)
        run.taken[key] = max(number, before or 0)

    def at_the_end(self, reach: Mapping[ReachClass, int]) -> list[Difference]:
        found: list[Difference] = []
        for cascade, run in self.runs.items():
            if run.kind == "alert" and len(run.confirmed) != run.persons:
                found.append(
                    Difference(
                        kind=DifferenceKind.COUNT,
                        cascade=cascade,
                        planned=run.persons,
                        found=len(run.confirmed),
                    )
                )
            if run.has_ended:
                ended = Counter(person for person, _ in run.ended)
                found += [
                    Difference(kind=DifferenceKind.UNTOLD, cascade=cascade, person=person)
                    for person, number in run.duties.items()
                    if ended[person] < number
                ]
        found += self._uncorrected()
        return found + self._totals(reach)

    def _uncorrected(self) -> list[Difference]:
        found = []
        for cascade, run in self.runs.items():
            if run.kind == "alert" or not (run.is_running or run.has_ended) or run.was_stopped:
                continue
            for earlier, before in self.runs.items():
                if earlier >= cascade or before.kind != "alert":
                    continue
                unsent = Counter(person for person, _, _ in before.unsent)
                for person in sorted(run.started_before.get(earlier, ())):
                    if before.started[person] > unsent[person] and person not in run.duties:
                        found.append(
                            Difference(
                                kind=DifferenceKind.UNCORRECTED, cascade=cascade, person=person
                            )
                        )
        return found

    def _totals(self, reach: Mapping[ReachClass, int]) -> list[Difference]:
        known: dict[str, set[ReachClass]] = {}
        for run in self.runs.values():
            if run.kind != "alert":
                continue
            ended = Counter(person for person, _ in run.ended)
            for person, number in run.duties.items():
                classes = known.setdefault(person, {ReachClass.NOT_REACHED})
                if ended[person] < number:
                    classes.add(ReachClass.IN_PROGRESS)
            for (person, _), status in run.attempts.items():
                if person in known:
                    known[person].add(_CLASSES.get(status, ReachClass.NOT_REACHED))
        order = list(ReachClass)
        counted = Counter(min(classes, key=order.index) for classes in known.values())
        return [
            Difference(
                kind=DifferenceKind.TOTALS,
                wave=one.value,
                planned=counted[one],
                found=reach.get(one, 0),
            )
            for one in ReachClass
            if counted[one] != reach.get(one, 0)
        ]


def _take_person(run: _Run, entry: LogEntry) -> None:
    """Take what is told of one person, or of those planned."""
    codes, who = entry.codes, entry.subject or ""
    match entry.kind:
        case LogKind.PEOPLE_PLANNED if not codes.get("standby"):
            people = [str(person) for person in _list(codes["people"])]
            run.duties.update(people)
            run.confirmed.update(people)
        case LogKind.DEPUTY_PROMOTED | LogKind.PERSON_ADDED:
            run.duties[who] += 1
        case LogKind.PERSON_SKIPPED if codes["reason"] != "duplicate":
            run.ended.add((who, ("skipped", str(codes["wave"]))))
        case LogKind.ACKNOWLEDGED:
            run.attempts[who, ("answer", _int(codes["delivery"]))] = "acknowledged"
        case LogKind.ATTEMPT_DECIDED:
            run.may_repeat |= {key for key in run.taken if key[0] == who}
        case _:
            return


def _named_deliveries(entry: LogEntry) -> list[tuple[str, int]]:
    named = entry.codes.get("deliveries")
    if isinstance(named, Mapping):
        return [(str(person), _int(delivery)) for person, delivery in named.items()]
    return [(entry.subject or "", _int(entry.codes["delivery"]))]


def _numbers(value: Code) -> dict[str, int]:
    assert isinstance(value, Mapping)
    return {str(person): _int(number) for person, number in value.items()}


def _list(value: Code) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []


def _int(value: Code) -> int:
    assert isinstance(value, int)
    return value
