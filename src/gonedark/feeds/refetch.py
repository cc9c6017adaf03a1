"""The very bytes of a file that lies on another machine, fetched once more from its archive.

Begin with :func:`refetched`. Not for files at hand, which :mod:`gonedark.feeds.reach` finds without loading what talks
HTTP.
"""

from dataclasses import replace
from pathlib import Path

from gonedark.feeds.cache import Cache, default_folder
from gonedark.feeds.files import FeedError, MrtFile
from gonedark.feeds.hashing import sha256_of
from gonedark.feeds.origin import Origin
from gonedark.feeds.transfer import Transfer, TransferError


def refetched(file: MrtFile, url: str, cache: Cache | None = None) -> MrtFile:
    """The file in this machine's cache. Raises FeedError, OSError."""
    kept = cache or Cache(default_folder())
    path = kept.folder / "by-content" / file.sha256[:2] / file.sha256 / Path(file.path).name
    with Transfer() as transfer, kept.locked(path, transfer.stop):
        if kept.kept(path) is None:
            _fetch(file, url, path, kept, transfer)
    return replace(file, path=path, quick=None)


def _fetch(file: MrtFile, url: str, path: Path, cache: Cache, transfer: Transfer) -> None:
    part = cache.part(path)
    try:
        transfer.fetch(url, part, lambda _size: None)
    except TransferError as error:
        raise FeedError(str(error)) from None
    if sha256_of(part) != file.sha256:
        part.unlink()
        raise FeedError(f"{url} has other bytes by now than when the work was given out")
    cache.keep(part, path, Origin(url, file.sha256, file.bytes, None))
