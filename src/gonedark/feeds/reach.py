"""A file that was named on another machine, made readable on this one.

Begin with :func:`reachable`. Workers that share no disk with whoever gave them the work fetch their files themselves
and take only the very same bytes. Not for choosing files.
"""

from dataclasses import replace

from gonedark.feeds.cache import Cache
from gonedark.feeds.files import FeedError, MrtFile


def reachable(file: MrtFile, cache: Cache | None = None) -> MrtFile:
    """The file itself where its path leads to it, else a copy from its archive. Raises FeedError, OSError."""
    if file.path.is_file() and file.path.stat().st_size == file.bytes:
        return file if file.quick is None or file.quick.is_file() else replace(file, quick=None)
    if file.url is None:
        raise FeedError(
            f"{file.path} is not on this machine, and came from no archive; put it where all workers see it"
        )
    # What talks HTTP takes a while to load, and nearly all files are at hand.
    from gonedark.feeds.refetch import refetched  # noqa: PLC0415

    return refetched(file, file.url, cache)
