"""One file from an archive into the cache: locked, resumed, verified by length and by decoding, kept in one step.

Begin with :func:`obtain`. What the archive itself keeps damaged is kept too and marked, so that its sound part can be
used; what only the way damaged is fetched again. Not for deciding which files.
"""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from gonedark.feeds.cache import Cache
from gonedark.feeds.hashing import sha256_of
from gonedark.feeds.origin import Origin, read_origin
from gonedark.feeds.plan import RemoteFile
from gonedark.feeds.quick import SLOW, copying, quick_part
from gonedark.feeds.transfer import Transfer, TransferError
from gonedark.mrt.decompress import BlockStream
from gonedark.mrt.probe import probe

ROUNDS = 4
_LISTED_SHARE = 0.9
"""Index pages round sizes; a file shorter than this share of what is listed is not whole."""

Heard = Callable[[RemoteFile, int], None]
"""A file, and how many of its bytes are here."""


@dataclass(frozen=True, slots=True)
class Obtained:
    """A file at hand. ``path`` None: it holds no record at all. ``damage``: what is wrong with it in the archive."""

    remote: RemoteFile
    path: Path | None
    damage: str | None
    bytes: int


def local_path(remote: RemoteFile, cache: Cache) -> Path:
    """Where the file is or will be: in the mirror's folder, or in the cache."""
    return (cache.root(remote.archive) if remote.archive.is_remote else Path(remote.archive.base)) / remote.relative


def obtain(remote: RemoteFile, cache: Cache, transfer: Transfer, heard: Heard = lambda _file, _bytes: None) -> Obtained:
    """The file, fetched where it is not at hand. Raises TransferError, StoppedError, OSError."""
    path = local_path(remote, cache)
    if not remote.archive.is_remote:
        origin = read_origin(path)
        heard(remote, path.stat().st_size)
        return _obtained(remote, path, origin.damage if origin else None)
    with cache.locked(path, transfer.stop):
        origin = cache.kept(path) or _fetch(remote, path, cache, transfer, heard)
    heard(remote, origin.bytes)
    return _obtained(remote, path, origin.damage)


def _obtained(remote: RemoteFile, path: Path, damage: str | None) -> Obtained:
    known = probe(path)
    if known.is_mrt:
        return Obtained(remote, path, damage, path.stat().st_size)
    if known.kind == "empty" and known.reason == "it is empty" and damage is None:
        return Obtained(remote, None, None, path.stat().st_size)
    raise TransferError(f"{remote.name} is not an MRT file: {damage or known.reason}")


def _fetch(remote: RemoteFile, path: Path, cache: Cache, transfer: Transfer, heard: Heard) -> Origin:
    """Fetch until it is whole, or until the same damaged bytes came twice, which is how the archive has it."""
    part, copy = cache.part(path), quick_part(path) if cache.quick else None
    seen: set[str] = set()
    damage: str | None = ""
    for _ in range(ROUNDS):
        transfer.fetch(remote.url, part, lambda size: heard(remote, size))
        digest, size = sha256_of(part), part.stat().st_size
        damage, quick = _verified(part, copy)
        if damage is not None and remote.bytes is not None and size < _LISTED_SHARE * remote.bytes:
            damage = f"{size:,} bytes came of about {remote.bytes:,} that the index lists"
        elif damage is None or (digest in seen and probe(part).is_mrt):
            origin = Origin(remote.url, digest, size, damage, quick)
            cache.keep(part, path, origin)
            return origin
        seen.add(digest)
        part.unlink()
    raise TransferError(f"{remote.url} came damaged {ROUNDS} times: {damage}")


def _verified(part: Path, copy: Path | None) -> tuple[str | None, str | None]:
    """What is wrong with a file, by decompressing all of it; and the SHA-256 of its quick copy, where one was made."""
    with BlockStream(part) as stream:
        made = copy if stream.compression in SLOW else None
        with nullcontext() if made is None else copying(made) as out:
            for block in stream:
                if out is not None:
                    out.write(block)
        damage = stream.damage
    if damage is None:
        known = probe(part)
        damage = None if known.is_mrt or known.reason == "it is empty" else known.reason
    if made is None:
        return damage, None
    if damage is not None:
        made.unlink()
        return damage, None
    return None, sha256_of(made)
