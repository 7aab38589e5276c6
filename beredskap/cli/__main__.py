"""The entry of the program: options, command, errors and exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import beredskap
from beredskap.cli.exit_codes import DONE, INTERRUPTED, OUTSIDE, USAGE, exit_code_of
from beredskap.cli.given import OptionError, take_given


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and end the process with its exit code."""
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    try:
        given, rest = take_given(arguments)
    except OptionError as error:
        return _tell(str(error), USAGE)
    if given.version:
        print(f"beredskap {beredskap.__version__}")
        return DONE
    try:
        return _run_command(given, rest)
    except BrokenPipeError:
        sys.stderr.close()
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return DONE
    except KeyboardInterrupt:
        return _tell(
            "Interrupted; what is being sent goes on ('alert stop ID' ends it).", INTERRUPTED
        )


def _run_command(given: object, rest: list[str]) -> int:
    from beredskap.errors import BeredskapError

    try:
        from beredskap.cli.commands import run_command

        return run_command(given, rest)  # type: ignore[arg-type]
    except BeredskapError as error:
        return _tell(str(error), exit_code_of(error))
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except Exception as error:  # the edge: a fault of ours is one sentence too
        if os.environ.get("BEREDSKAP_DEBUG"):
            raise
        kind = type(error).__name__
        return _tell(
            f"The program failed ({kind}); nothing more was done. Run again with BEREDSKAP_DEBUG=1 "
            "to see where, and report it.",
            OUTSIDE,
        )


def _tell(sentence: str, code: int) -> int:
    print(sentence, file=sys.stderr)
    return code


if __name__ == "__main__":
    main()
