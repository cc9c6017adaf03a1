"""How a command ends, and how it says why.

Begin with :class:`Exit` and :func:`stop`. A failure is one clear line on standard error with what to try.
"""

from enum import IntEnum
from typing import NoReturn

import typer


class Exit(IntEnum):
    """Exit codes, the same for every command."""

    DONE = 0
    FAILED = 1
    WRONG_USAGE = 2
    PARTLY_BLIND = 3


def stop(message: str, code: Exit = Exit.FAILED) -> NoReturn:
    """Say what went wrong in one line and end."""
    raise typer.Exit(failure(message, code))


def failure(message: str, code: Exit = Exit.FAILED) -> int:
    """Say what went wrong in one line; the exit code."""
    typer.echo(f"gonedark: {' '.join(message.split())}", err=True)
    return int(code)


def warn(message: str) -> None:
    """A warning in one line."""
    typer.echo(f"gonedark: warning: {' '.join(message.split())}", err=True)
