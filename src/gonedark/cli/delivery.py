"""Where results go: standard output or the file that ``--out`` names.

Begin with :func:`deliver`; :func:`check_target` refuses a place that cannot be written to before any work is done. Not
for progress and warnings, which go to standard error.
"""

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, NoReturn

from gonedark.cli.exits import stop


def check_target(out: Path | None) -> None:
    """End the command at once where nothing can be written: hours of work must not be lost for a mistyped folder."""
    if out is None:
        return
    if out.is_dir():
        stop(f"cannot write {out}: it is a folder; name a file in it")
    folder = out.absolute().parent
    if not folder.is_dir():
        stop(f"cannot write {out}: there is no folder {folder}; make it first")
    if not os.access(out if out.exists() else folder, os.W_OK):
        stop(f"cannot write {out}: Permission denied")


def check_new_folder(folder: Path) -> None:
    """The same for a folder that is to be made, with those above it that do not exist yet."""
    there = next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())
    if not there.is_dir():
        stop(f"cannot write {folder}: {there} is not a folder")
    if not os.access(there, os.W_OK):
        stop(f"cannot write {folder}: Permission denied")


def text_width(out: Path | None) -> int:
    """Columns for text: those of the terminal where that is narrower; the same everywhere in files and pipes."""
    # Rich takes a while to load, and `gonedark --help` does not need it.
    from gonedark.publish.console import LEAST_WIDTH, WIDTH  # noqa: PLC0415

    if out is not None or not sys.stdout.isatty():
        return WIDTH
    columns = os.get_terminal_size(sys.stdout.fileno()).columns
    return min(WIDTH, max(LEAST_WIDTH, columns)) if columns else WIDTH


def deliver(parts: Iterable[bytes], out: Path | None) -> None:
    """Write piece by piece. A reader that has seen enough of standard output is no failure; a full disk is."""
    try:
        if out is None:
            sys.stdout.buffer.writelines(parts)
            sys.stdout.buffer.flush()
        else:
            with opened(out) as stream:
                stream.writelines(parts)
    except BrokenPipeError:
        leave_standard_output()
    except OSError as error:
        refused(out, error)


def say(line: str) -> None:
    """A line on standard output, at once; whether anybody still reads it makes no difference to what is left to do."""
    deliver([f"{line}\n".encode()], None)


def opened(out: Path) -> BinaryIO:
    """The file to write to; standard output's own names mean what the command was given as such."""
    if str(out) in ("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"):
        return os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    return out.open("wb")


def refused(out: Path | None, error: OSError) -> NoReturn:
    """Say what could not be written, and end."""
    if out is None:
        leave_standard_output()
    stop(f"cannot write {out or 'to standard output'}: {error.strerror or error}")


def leave_standard_output() -> None:
    """Drop what is still buffered, so that it does not fail once more at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def own_standard_output() -> None:
    """Keep standard output for data: what libraries print past Python (HiGHS does, now and then) goes nowhere.

    Where the command was started without standard output, writing to it fails as writing to any closed file does;
    otherwise the next file that is opened would take its number, and what is printed would go into that.
    """
    given = sys.stdout
    if given is None:
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w")
        return
    own = os.dup(given.fileno())
    os.dup2(os.open(os.devnull, os.O_WRONLY), given.fileno())
    sys.stdout = os.fdopen(own, "w", encoding=given.encoding, errors=given.errors, newline=given.newlines)
