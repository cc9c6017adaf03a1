"""What is said of the files that were read: their names and hashes, and whether they were measured or rebuilt.

Begin with :func:`input_of` and :func:`kind_of`. Not for reading them.
"""

from collections.abc import Sequence

from gonedark.feeds.files import MrtFile, unreadable
from gonedark.feeds.hashing import Hashing
from gonedark.model.report import Input, Kind
from gonedark.model.time import TimeSpan
from gonedark.mrt.summary import Summary

RECONSTRUCTION_MARK = "gonedark reconstruction"
"""View name of tables that were built from facts: a report on them says so, whoever asks."""


def kind_of(files: Sequence[MrtFile]) -> Kind:
    """Whether any of the files is of a rebuilt archive, whose tables say so."""
    marked = any((file.probe.view_name or "").startswith(RECONSTRUCTION_MARK) for file in files)
    return "reconstruction" if marked else "measurement"


def identity(hashing: Hashing, file: MrtFile) -> str:
    """A file's SHA-256. Raises FeedError."""
    try:
        return file.sha256 or hashing.of(file.path)
    except OSError as error:
        raise unreadable(file.path, error) from None


def input_of(file: MrtFile, sha256: str, summary: Summary) -> Input:
    """A file that was read, as reports name it."""
    span = None
    if summary.first_time_us is not None and summary.last_time_us is not None:
        span = TimeSpan(summary.first_time_us, summary.last_time_us)
    return Input(file.path.name, file.url, sha256, file.bytes, summary.records, span)
