"""Who is at the keyboard, and what they may do: the one place where rights are judged."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from beredskap.domain.incident import IncidentMode
from beredskap.domain.officer import Actor, HowKnown, Officer, Right
from beredskap.errors import RefusedError

OFFICERS_FILE = "contact_lists/officers.yaml"


class Act(StrEnum):
    """What an officer asks the desk to do, as far as rights tell it apart."""

    LAUNCH = "start an alert"
    """Make people be told something."""
    APPROVE = "approve another officer's alert"
    """Be the second person."""
    HALT = "pause or stop an alert"
    """Keep people from being told more; the widest right, since stopping must always be near."""
    CONDUCT = "lead a running alert"
    """Resume, add and exclude people, decide uncertain attempts, close."""
    RECORD = "write in the log"
    """Open an incident, note, take answers by mouth, set the diary number."""
    ADOPT = "adopt a scenario"
    """Make a scenario usable in earnest."""
    ERASE = "erase personal values"
    """Carry out a decision to erase a person."""


_LIVE: Mapping[Act, frozenset[Right]] = {
    Act.LAUNCH: frozenset({Right.LAUNCH}),
    Act.APPROVE: frozenset({Right.APPROVE}),
    Act.HALT: frozenset({Right.LAUNCH, Right.APPROVE}),
    Act.CONDUCT: frozenset({Right.LAUNCH}),
    Act.RECORD: frozenset({Right.LAUNCH, Right.APPROVE}),
    Act.ADOPT: frozenset({Right.ADOPT}),
    Act.ERASE: frozenset({Right.LAUNCH}),
}
_EXERCISE_ACTS = frozenset({Act.LAUNCH, Act.HALT, Act.CONDUCT, Act.RECORD, Act.ERASE})
"""What whoever leads exercises may do outside a live incident."""


def rights_for(act: Act, mode: IncidentMode) -> frozenset[Right]:
    """Return the rights of which any one allows an act in a mode."""
    if mode is not IncidentMode.LIVE and act in _EXERCISE_ACTS:
        return _LIVE[act] | {Right.DRILL}
    return _LIVE[act]


def require(actor: Actor, act: Act, mode: IncidentMode, officers: Mapping[str, Officer]) -> None:
    """Let an act pass, or say who may do it.

    Raises:
        RefusedError: the officer has none of the rights the act takes.
    """
    rights = rights_for(act, mode)
    if any(actor.may(right) for right in rights):
        return
    able = [officer.name for officer in officers.values() if officer.rights & rights]
    who = f"{', '.join(able)} may" if able else "nobody is listed who may"
    named = " or ".join(f"'{right.value}'" for right in sorted(rights))
    raise RefusedError(
        f"{actor.officer.name} may not {act.value} ({mode.value}): it takes the right {named}; "
        f"{who} ({OFFICERS_FILE})."
    )


def find_actor(
    officers: Mapping[str, Officer], settings_officer: str | None, os_login: str
) -> Actor:
    """Return the officer that the setting names, or else the one with this login.

    Raises:
        RefusedError: nobody listed is meant, or more than one is.
    """
    if settings_officer:
        officer = officers.get(settings_officer)
        if officer is None:
            raise RefusedError(
                f"BEREDSKAP_OFFICER names '{settings_officer}', who is not in {OFFICERS_FILE}; "
                "correct the setting or add the officer there."
            )
        return Actor(officer=officer, how_known=HowKnown.ENVIRONMENT)
    found = [officer for officer in officers.values() if officer.login == os_login]
    if not found:
        raise RefusedError(
            f"No officer has the login '{os_login}'; add 'login: {os_login}' to an officer in "
            f"{OFFICERS_FILE}, or set BEREDSKAP_OFFICER to an officer's id."
        )
    if len(found) > 1:
        names = ", ".join(officer.id for officer in found)
        raise RefusedError(
            f"The login '{os_login}' belongs to several officers ({names}); "
            f"set BEREDSKAP_OFFICER to one of them or correct {OFFICERS_FILE}."
        )
    return Actor(officer=found[0], how_known=HowKnown.OS_LOGIN)
