"""A file that was named on another machine, made readable on this one.

Begin with :func:`reachable`. Workers that share no disk with whoever gave them the work fetch their files themselves
and take only the very same bytes. Not for choosing files.
"""

from dataclasses import replace
from pathlib import Path

from gonedark.feeds.cache import Cache, default_folder
from gonedark.feeds.files import FeedError, MrtFile, sha256_of
from gonedark.feeds.origin import Origin
from gonedark.feeds.transfer import Transfer, TransferError


def reachable(file: MrtFile, cache: Cache | None = None) -> MrtFile:
    """The file itself where its path leads to it, else a copy from its archive. Raises FeedError, OSError."""
    if file.path.is_file() and file.path.stat().st_size == file.bytes:
        return file if file.quick is None or file.quick.is_file() else replace(file, quick=None)
    if file.url is None:
        raise FeedError(
            f"{file.path} is not on this machine, and came from no archive; put it where all workers see it"
        )
    kept = cache or Cache(default_folder())
    path = kept.folder / "by-content" / file.sha256[:2] / file.sha256 / Path(file.path).name
    with Transfer() as transfer, kept.locked(path, transfer.stop):
        if kept.kept(path) is None:
            _fetch(file, file.url, path, kept, transfer)
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
