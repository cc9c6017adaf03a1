"""A folder for temporary data that is gone when the work is over, however it ends.

Begin with :func:`spill_folder`. What a killed process left behind is removed by the next one that asks for a folder in
the same place: every folder is locked as long as its process lives. Not for what is written into it.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from gonedark.collect.columns import SpillError

_PREFIX = "gonedark-"
_LOCK = ".lock"


def default_place() -> Path:
    """``$TMPDIR`` where it is set, else the user's cache folder: ``/tmp``, for users without one, may be in memory."""
    named = os.environ.get("TMPDIR")
    if named:
        return Path(named)
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "gonedark", "spill")
    except RuntimeError:
        return Path(tempfile.gettempdir())


@contextmanager
def spill_folder(place: Path | None = None) -> Iterator[Path]:
    """A new folder in the place (by default :func:`default_place`), removed at the end. Raises SpillError."""
    place = place or default_place()
    try:
        place.mkdir(parents=True, exist_ok=True)
        # One at a time, so that nobody takes a folder for left behind that is just being made.
        with _locked(place / f"{_PREFIX}spill{_LOCK}", wait=True):
            _sweep(place)
            folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place))
            mine = os.open(folder / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
            fcntl.flock(mine, fcntl.LOCK_EX)
    except OSError as error:
        told = error.strerror or error
        raise SpillError(f"no temporary data can be kept in {place}: {told}; choose a folder with --spill") from None
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(mine)


@contextmanager
def spill_folder_if_any(place: Path | None = None) -> Iterator[Path | None]:
    """The same for work that needs it only perhaps: None where the default place cannot be written to."""
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(spill_folder(place))
        except SpillError:
            if place is not None:
                raise
            folder = None
        yield folder


def _sweep(place: Path) -> None:
    """Remove the folders of processes that are no more."""
    for folder in place.glob(f"{_PREFIX}*/"):
        try:
            with _locked(folder / _LOCK, wait=False):
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            # Its process lives, or it is not ours.
            continue


@contextmanager
def _locked(path: Path, *, wait: bool) -> Iterator[None]:
    handle = os.open(path, os.O_RDWR | (os.O_CREAT if wait else 0), 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(handle)
