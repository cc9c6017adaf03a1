"""Files and folders of MRT, sorted out by content: what is a table, what are updates, what is neither, what is double.

Begin with :func:`gather`. A path that is named must be MRT; inside a folder other files are passed over and counted.
Times come from the records and never from names alone. Not for decoding, and not for fetching.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gonedark.feeds.origin import read_origin
from gonedark.mrt.probe import Probe, probe

_BLOCK_BYTES = 1 << 20


class FeedError(ValueError):
    """Input that cannot be used; the message is one clear line with what to try."""


@dataclass(frozen=True, slots=True)
class MrtFile:
    """One file of routing data: where it lies, its identity, what its first records tell, and where it came from."""

    path: Path
    given_collector: str | None
    sha256: str
    bytes: int
    probe: Probe
    url: str | None = None

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


def gather(arguments: Sequence[str], progress: Callable[[str], None] = lambda _: None) -> Gathered:
    """Files named by ``PATH`` or ``NAME=PATH`` arguments; identical contents count once. Raises FeedError."""
    found: dict[str, MrtFile] = {}
    passed: list[Path] = []
    for argument in arguments:
        collector, path = split_argument(argument)
        if not path.exists():
            raise FeedError(f"{path} does not exist; --mrt takes a file or a folder of MRT files")
        if path.is_dir():
            some = [file for entry in _entries(path) if (file := _open(entry, collector, passed)) is not None]
            if not some:
                raise FeedError(
                    f"no MRT file in the folder {path}; --mrt takes tables and updates as archives keep them"
                )
        elif not path.is_file():
            raise FeedError(f"{path} is not a file that can be read twice; write the data to a file first")
        else:
            refused: list[Path] = []
            file = _open(path, collector, refused)
            if file is None:
                raise FeedError(f"{path} is not an MRT file: {probe(path).reason}")
            some = [file]
        for file in some:
            progress(file.path.name)
            _add(found, file)
    files = sorted(found.values(), key=lambda file: file.order)
    return Gathered(tuple(files), _warnings(passed))


def split_argument(argument: str) -> tuple[str | None, Path]:
    """``NAME=PATH`` or ``PATH``. A path that exists as written is never split."""
    name, sign, rest = argument.partition("=")
    if not sign or not name or "/" in name or Path(argument).exists():
        return None, Path(argument)
    return name, Path(rest)


def sha256_of(path: Path) -> str:
    """Hash of the file as it lies there."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def _entries(folder: Path) -> Iterable[Path]:
    return sorted(entry for entry in folder.rglob("*") if entry.is_file() and not entry.name.startswith("."))


def _open(path: Path, collector: str | None, refused: list[Path]) -> MrtFile | None:
    try:
        known = probe(path)
        if not known.is_mrt:
            refused.append(path)
            return None
        digest, origin = sha256_of(path), read_origin(path)
        url = origin.url if origin is not None and origin.sha256 == digest else None
        return MrtFile(path, collector, digest, path.stat().st_size, known, url)
    except OSError as error:
        raise FeedError(f"cannot read {path}: {error.strerror or error}") from None


def _add(found: dict[str, MrtFile], file: MrtFile) -> None:
    """Identical files count once; of two, the one with a given collector, then the lesser path, stands."""
    other = found.get(file.sha256)

    def rank(item: MrtFile) -> tuple[bool, str]:
        return item.given_collector is None, str(item.path)

    if other is None or rank(file) < rank(other):
        found[file.sha256] = file


def _warnings(passed: Sequence[Path]) -> tuple[str, ...]:
    if not passed:
        return ()
    names = ", ".join(path.name for path in passed[:3]) + (", …" if len(passed) > 3 else "")
    what = "one file that is" if len(passed) == 1 else f"{len(passed)} files that are"
    return (f"passed over {what} not MRT: {names}",)
