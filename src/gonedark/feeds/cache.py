"""Downloads kept on disk: one folder an archive, shared by processes, bounded in size, never with half a file in it.

Begin with :class:`Cache`. A file bears its name only once it is whole and verified; until then it is a hidden part
that a later run takes up again. Not for talking to archives.
"""

import fcntl
import hashlib
import os
import re
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gonedark.feeds.archives import Archive
from gonedark.feeds.files import FeedError
from gonedark.feeds.origin import Origin, forget_origin, read_origin, write_origin
from gonedark.feeds.quick import quick_part, quick_path

DEFAULT_LIMIT_BYTES = 20 << 30
IN_USE_SECONDS = 6 * 3600
"""Files asked for within this time are never removed: another process may be about to read them."""
_LOCKS = 1024
_LOOK_SECONDS = 0.1


class StoppedError(Exception):
    """The work was called off while waiting."""


def default_folder() -> Path:
    """``$GONEDARK_CACHE``, else the user's cache folder."""
    named = os.environ.get("GONEDARK_CACHE")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "gonedark", "archives")


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of downloads with a limit in bytes. ``quick``: whether copies that open fast are kept beside them."""

    folder: Path
    limit_bytes: int = DEFAULT_LIMIT_BYTES
    quick: bool = True

    def root(self, archive: Archive) -> Path:
        """The folder of one archive, by its base, so that mirrors are never mixed up."""
        plain = re.sub(r"^https?://", "", archive.base.rstrip("/"), flags=re.IGNORECASE)
        return self.folder / re.sub(r"[^A-Za-z0-9.-]", "_", plain).strip(".")

    def kept(self, path: Path) -> Origin | None:
        """The origin of a whole file, which counts as used now; None where there is none."""
        origin = read_origin(path)
        if origin is not None:
            os.utime(path)
        return origin

    @contextmanager
    def locked(self, path: Path, stop: threading.Event) -> Iterator[None]:
        """Alone with one file, among threads and processes; the lock ends with the process. Raises StoppedError."""
        number = int.from_bytes(hashlib.sha256(str(path).encode()).digest()[:4], "big") % _LOCKS
        folder = self.folder / ".locks"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f"{number:04}").open("wb") as handle:
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if stop.wait(_LOOK_SECONDS):
                        raise StoppedError from None
            yield

    def part(self, path: Path) -> Path:
        """Where the file grows until it is whole."""
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.with_name(f".{path.name}.part")

    def keep(self, part: Path, path: Path, origin: Origin) -> None:
        """A verified part becomes the file, in one step; its quick copy before it, where the origin names one."""
        with part.open("rb") as stream:
            os.fsync(stream.fileno())
        if origin.quick_sha256 is not None:
            quick_part(path).replace(quick_path(path))
        write_origin(path, origin)
        part.replace(path)

    def make_room(self, needed_bytes: int, pinned: Collection[Path]) -> None:
        """Remove what was not used for longest until the files to come fit the limit. Raises FeedError.

        ``pinned`` files stay; those of ``pinned`` that are here already are part of ``needed_bytes``.
        """
        if needed_bytes > self.limit_bytes:
            raise FeedError(
                f"this needs about {needed_bytes / 1e9:.1f} GB, more than the {self.limit_bytes / 1e9:.1f} GB of the "
                f"cache {self.folder}; raise --cache-limit, or take fewer collectors or a shorter window"
            )
        others = sorted((used, size, path) for used, size, path in self._files() if path not in pinned)
        held = sum(size for _, size, _ in others)
        oldest_in_use = time.time() - IN_USE_SECONDS
        for used, size, path in others:
            if held + needed_bytes <= self.limit_bytes or used > oldest_in_use:
                return
            for one in (path, quick_path(path)):
                one.unlink(missing_ok=True)
            forget_origin(path)
            held -= size

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        """Last use, size and path of every file, its quick copy included; parts among them."""
        for folder, _, names in os.walk(self.folder):
            for name in names:
                if name.startswith(".") and not name.endswith(".part"):
                    continue
                path = Path(folder, name)
                try:
                    told = path.stat()
                except OSError:
                    continue
                yield told.st_mtime, told.st_size + _size(quick_path(path)), path


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
