"""Identities of files: their SHA-256, at once or worked out in a thread while the files are being read.

Begin with :func:`sha256_of` and :class:`Hashing`, or :class:`Later` where maybe nobody asks. Not for choosing whose
identity is wanted at once, which is :mod:`gonedark.feeds.files`.
"""

import hashlib
import threading
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Self

_PIECE_BYTES = 1 << 20


def sha256_of(path: Path) -> str:
    """Hash of the file as it lies there. Raises OSError."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class Hashing:
    """Hashes of files that nobody waits for yet. A context manager; whoever leaves it waits for none of them."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        # One thread, since the others' time belongs to whoever reads the files.
        self._pool = ThreadPoolExecutor(1)
        self._found: dict[Path, Future[str]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._pool.shutdown(cancel_futures=True)

    def begin(self, path: Path) -> None:
        """Work this one out as soon as those before it are."""
        self._found[path] = self._pool.submit(self._hash, path)

    def of(self, path: Path) -> str:
        """The hash of a file that was begun, once it is there. Raises OSError."""
        return self._found[path].result()

    def _hash(self, path: Path) -> str:
        found = hashlib.sha256()
        with path.open("rb", buffering=0) as stream:
            while piece := stream.read(_PIECE_BYTES):
                if self._stop.is_set():
                    raise CancelledError
                found.update(piece)
        return found.hexdigest()


class Later(Hashing):
    """The same for who may never ask: each hash is worked out when it is asked for."""

    def begin(self, path: Path) -> None:
        """Nothing yet."""

    def of(self, path: Path) -> str:
        """The hash of a file as it is now. Raises OSError."""
        return sha256_of(path)
