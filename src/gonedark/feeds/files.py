"""Files and folders of MRT, sorted out by content: what is a table, what are updates, what is neither, what is double.

Begin with :func:`gather`. A path that is named must be MRT; inside a folder other files are passed over and counted.
Times come from the records and never from names alone. Not for decoding, and not for fetching.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from gonedark.feeds.hashing import Hashing, sha256_of
from gonedark.feeds.origin import Origin, read_origin
from gonedark.feeds.quick import quick_path
from gonedark.mrt.probe import Probe, probe
from gonedark.named_file import NOT_A_FILE

_THREADS_MAX = 8
T = TypeVar("T")
R = TypeVar("R")


class FeedError(ValueError):
    """Input that cannot be used; the message is one clear line with what to try."""


@dataclass(frozen=True, slots=True)
class MrtFile:
    """One file of routing data: where it lies, its identity, what its first records tell, and where it came from.

    ``sha256`` is empty while it is being worked out: then no other file is as large, or begins at the same time.
    ``quick``: a copy with the same content that opens faster, None where there is none.
    """

    path: Path
    given_collector: str | None
    sha256: str
    bytes: int
    probe: Probe
    url: str | None = None
    quick: Path | None = None

    @property
    def key(self) -> str:
        """Tells it from all other files that were gathered with it."""
        return self.sha256 or str(self.path)

    @property
    def opens(self) -> Path:
        """The file to decode."""
        return self.path if self.quick is None else self.quick

    @property
    def is_table(self) -> bool:
        """A table dump (which may have updates behind it)."""
        return self.probe.kind == "rib"

    @property
    def first_us(self) -> int:
        """Time of the first record."""
        return self.probe.first_time_us or 0

    @property
    def order(self) -> tuple[int, bool, str]:
        """By first record; tables before updates of the same instant; then by content."""
        return self.first_us, not self.is_table, self.sha256


@dataclass(frozen=True, slots=True)
class Gathered:
    """Distinct files in order of time, and warnings about what was passed over."""

    files: tuple[MrtFile, ...]
    warnings: tuple[str, ...]


def gather(
    arguments: Sequence[str], progress: Callable[[str], None] = lambda _: None, hashing: Hashing | None = None
) -> Gathered:
    """Files named by ``PATH`` or ``NAME=PATH`` arguments; identical contents count once. Raises FeedError.

    Identities that nothing hangs on yet are left to ``hashing``, if there is one.
    """
    named = [_Named(*split_argument(argument)) for argument in arguments]
    entries = [(name, path) for name in named for path in name.paths()]
    looked: list[MrtFile] = []
    passed: list[Path] = []
    empty = {name.path for name in named if name.path.is_dir()}
    for (name, path), file in zip(entries, _several(_open, entries), strict=True):
        if file is not None:
            progress(path.name)
            looked.append(file)
            empty.discard(name.path)
        elif path == name.path:
            raise FeedError(f"{path} is not an MRT file: {probe(path).reason}")
        else:
            passed.append(path)
    for folder in sorted(empty):
        raise FeedError(f"no MRT file in the folder {folder}; --mrt takes tables and updates as archives keep them")
    found: dict[str, MrtFile] = {}
    for file in _identified(looked, hashing):
        _add(found, file)
    files = sorted(found.values(), key=lambda file: file.order)
    return Gathered(tuple(files), _warnings(passed))


def split_argument(argument: str) -> tuple[str | None, Path]:
    """``NAME=PATH`` or ``PATH``. A path that exists as written is never split."""
    name, sign, rest = argument.partition("=")
    if not sign or not name or "/" in name or Path(argument).exists():
        return None, Path(argument)
    return name, Path(rest)


@dataclass(frozen=True, slots=True)
class _Named:
    """An argument, taken apart."""

    collector: str | None
    path: Path

    def paths(self) -> list[Path]:
        """The file, or those of the folder."""
        if not self.path.exists():
            raise FeedError(f"{self.path} does not exist; --mrt takes a file or a folder of MRT files")
        if self.path.is_dir():
            return sorted(entry for entry in self.path.rglob("*") if entry.is_file() and not entry.name.startswith("."))
        if not self.path.is_file():
            raise FeedError(f"{self.path} {NOT_A_FILE}")
        return [self.path]


def _several(work: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
    """The work on each in this order, several at a time."""
    pool = ThreadPoolExecutor(min(_THREADS_MAX, os.cpu_count() or 1))
    try:
        yield from pool.map(work, items)
    finally:
        pool.shutdown(cancel_futures=True)


def _open(entry: tuple[_Named, Path]) -> MrtFile | None:
    """The file looked at, of a download that it is the one that was fetched; None for what is not MRT."""
    name, path = entry
    try:
        known = probe(path)
        if not known.is_mrt:
            return None
        origin, size = read_origin(path), path.stat().st_size
        digest = "" if origin is None else sha256_of(path)
        if origin is None or origin.sha256 != digest:
            return MrtFile(path, name.collector, digest, size, known)
        return MrtFile(path, name.collector, digest, origin.bytes, known, origin.url, _quick(path, origin))
    except OSError as error:
        raise unreadable(path, error) from None


def _identified(files: Sequence[MrtFile], hashing: Hashing | None) -> Iterator[MrtFile]:
    """The files with their identities; left to ``hashing`` where no other can be the same or stand beside it in
    order."""
    sizes = Counter(file.bytes for file in files)
    begins = Counter((file.first_us, file.is_table) for file in files)

    def identified(file: MrtFile) -> MrtFile:
        if file.sha256:
            return file
        if hashing is not None and sizes[file.bytes] == begins[file.first_us, file.is_table] == 1:
            hashing.begin(file.path)
            return file
        try:
            return replace(file, sha256=sha256_of(file.path))
        except OSError as error:
            raise unreadable(file.path, error) from None

    return _several(identified, files)


def unreadable(path: Path, error: OSError) -> FeedError:
    """What is said of a file that cannot be read."""
    return FeedError(f"cannot read {path}: {error.strerror or error}")


def _quick(path: Path, origin: Origin) -> Path | None:
    """The copy of a download that opens fast, while it is the one that was made."""
    copy = quick_path(path)
    try:
        return copy if origin.quick_sha256 is not None and sha256_of(copy) == origin.quick_sha256 else None
    except OSError:
        return None


def _add(found: dict[str, MrtFile], file: MrtFile) -> None:
    """Identical files count once; of two, the one with a given collector, then the lesser path, stands."""
    other = found.get(file.key)

    def rank(item: MrtFile) -> tuple[bool, str]:
        return item.given_collector is None, str(item.path)

    if other is None or rank(file) < rank(other):
        found[file.key] = file


def _warnings(passed: Sequence[Path]) -> tuple[str, ...]:
    if not passed:
        return ()
    names = ", ".join(path.name for path in passed[:3]) + (", …" if len(passed) > 3 else "")
    what = "one file that is" if len(passed) == 1 else f"{len(passed)} files that are"
    return (f"passed over {what} not MRT: {names}",)
