"""gonedark as a library: reports of outages, and the elements of MRT files as objects, columns, Arrow or pandas.

Begin with :func:`report`, :func:`elements` or :func:`batches`. The latter two read a file once, from beginning to
end, in bounded memory, and take the same filters:

``prefix``  one or several prefixes; ``match`` says which rows fit: ``"exact"``, ``"more"`` (these or more specific) or
``"less"`` (these or less specific). ``origin``: AS numbers that end the path. ``peer``: AS numbers or addresses.
``country``: an ISO code or English name (by the delegations of the file's time), or an Attribution. ``since`` and
``until``: times as text or datetime (UTC where no zone is told), or microseconds since 1970; the end is not included.
"""

import ipaddress
import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gonedark.delegation.names import find_country
from gonedark.delegation.registry import load_registry
from gonedark.feeds.collector import by_collector
from gonedark.feeds.files import MrtFile
from gonedark.model.attribution import Attribution
from gonedark.model.prefix import Prefix
from gonedark.model.report import Report
from gonedark.model.thresholds import Thresholds
from gonedark.model.time import TimeSpan, parse_time
from gonedark.mrt.batch import Batch
from gonedark.mrt.decompress import Source
from gonedark.mrt.dictionaries import address_text
from gonedark.mrt.probe import Probe, probe
from gonedark.mrt.reader import MrtReader
from gonedark.mrt.rows import Row, rows
from gonedark.mrt.selection import MATCHES, Applied, Match, Selection
from gonedark.mrt.summary import Summary

One = str | int
Several = One | Iterable[One]
Moment = str | int | datetime
Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]


class NotMrtError(ValueError):
    """A file is not MRT; the message is one clear line."""


def report(
    country: str,
    from_: Moment,
    until: Moment,
    *,
    mrt: Paths | None = None,
    delegation: Paths = (),
    attribute: Paths = (),
    thresholds: Thresholds | None = None,
) -> Report:
    """What happened to a country in a window: the command ``gonedark report`` as a function.

    ``mrt``: files or folders, or ``NAME=PATH`` texts; without, the archives are asked and the cache is used. Times as
    text (UTC), datetime or microseconds. Raises ValueError (with one clear line) where that cannot be done.
    """
    # Fetching and judging load much that whoever only reads elements does not need.
    from gonedark.feeds.provide import Sources, provide  # noqa: PLC0415
    from gonedark.investigate import Question, investigate  # noqa: PLC0415

    from_us, until_us = _time(from_), _time(until)
    if from_us is None or until_us is None or until_us <= from_us:
        raise ValueError("the window needs a begin and a later end")
    given = None if mrt is None else _paths(mrt)
    question = Question(
        country=find_country(country),
        window=TimeSpan(from_us, until_us),
        mrt=given or (),
        delegation=tuple(Path(path) for path in _paths(delegation)),
        attribute=tuple(Path(path) for path in _paths(attribute)),
        thresholds=thresholds or Thresholds(),
    )
    if given is None:
        fetched = provide(question.window, Sources())
        question = replace(question, mrt=fetched.arguments, gaps=fetched.gaps)
    return investigate(question).report


class Batches:
    """The batches of one file. Iterate over it once, or take everything at once; then ``summary`` tells the rest.

    ``collector`` is the collector's name as found; ``dictionaries`` of each batch say what its ids mean.
    """

    def __init__(self, reader: MrtReader, selection: Applied, collector: str) -> None:
        self._reader = reader
        self._selection = selection
        self.collector = collector

    def __iter__(self) -> Iterator[Batch]:
        for batch in self._reader:
            if len(chosen := self._selection.apply(batch)):
                yield chosen

    @property
    def summary(self) -> Summary:
        """Kind, times, findings and gaps of the file, as far as it has been read."""
        return self._reader.summary

    def to_arrow(self) -> Any:
        """Everything as one ``pyarrow.Table`` (columns: :data:`gonedark.mrt.arrow.SCHEMA`)."""
        import pyarrow as pa  # noqa: PLC0415  PyArrow takes longer to load than a small file to read

        from gonedark.mrt.arrow import SCHEMA, arrow_batch  # noqa: PLC0415

        table = pa.Table.from_batches([arrow_batch(batch, self.collector) for batch in self], SCHEMA)
        return table.unify_dictionaries()

    def to_pandas(self) -> Any:
        """Everything as one ``pandas.DataFrame``; needs the extra ``gonedark[pandas]``."""
        return self.to_arrow().to_pandas()


def elements(
    path: Source,
    *,
    prefix: str | Iterable[str] | None = None,
    match: Match = "exact",
    origin: int | Iterable[int] | None = None,
    peer: Several | None = None,
    country: str | Attribution | None = None,
    since: Moment | None = None,
    until: Moment | None = None,
    collector: str | None = None,
    attributes: bool = False,
) -> Iterator[Row]:
    """The rows of an MRT file one by one, in file order; the filters are explained above.

    ``attributes`` adds next hop, communities and the like to each row. Raises NotMrtError for a file that is not MRT,
    OSError for one that cannot be read, ValueError for a filter that makes no sense.
    """
    chosen = _selection(path, prefix, match, origin, peer, country, since, until)
    found = _batches(path, chosen, collector, attributes=attributes, everything=True)
    return (row for batch in found for row in rows(batch, found.collector))


def batches(
    path: Source,
    *,
    prefix: str | Iterable[str] | None = None,
    match: Match = "exact",
    origin: int | Iterable[int] | None = None,
    peer: Several | None = None,
    country: str | Attribution | None = None,
    since: Moment | None = None,
    until: Moment | None = None,
    collector: str | None = None,
    attributes: bool = False,
    everything: bool = False,
) -> Batches:
    """The rows of an MRT file as columns (:class:`gonedark.mrt.batch.Batch`), fast; otherwise as :func:`elements`.

    Multicast routes, and messages that the collector sent itself, are left out unless ``everything`` is asked for:
    they are easily mistaken for what a peer can reach; :func:`elements` has them, as bgpdump does.
    """
    chosen = _selection(path, prefix, match, origin, peer, country, since, until)
    return _batches(path, chosen, collector, attributes=attributes, everything=everything)


def _batches(
    path: Source, selection: Selection, collector: str | None, *, attributes: bool, everything: bool
) -> Batches:
    name = collector or ""
    if not _is_stream(path):
        known = probe(path)
        if not known.is_mrt:
            raise NotMrtError(f"{path if isinstance(path, str | os.PathLike) else 'this'} is not MRT: {known.reason}")
        name = collector or _collector(path, known)
    reader = MrtReader(path, ranges=selection.ranges(), everything=everything, attributes=attributes)
    return Batches(reader, selection.applied(), name)


def _is_stream(path: Source) -> bool:
    """A stream can be read only once, so that nobody may look into it beforehand."""
    return not isinstance(path, str | os.PathLike | bytes | bytearray | memoryview)


def _collector(path: Source, known: Probe) -> str:
    where = Path(path).absolute() if isinstance(path, str | os.PathLike) else Path("unnamed")
    return next(iter(by_collector([MrtFile(where, None, "", 0, known)])))


def _selection(
    path: Source,
    prefix: str | Iterable[str] | None,
    match: Match,
    origin: int | Iterable[int] | None,
    peer: Several | None,
    country: str | Attribution | None,
    since: Moment | None,
    until: Moment | None,
) -> Selection:
    if match not in MATCHES:
        raise ValueError(f"{match!r} is not a way to match prefixes; choose one of {', '.join(MATCHES)}")
    peers = _several(peer)
    return Selection(
        prefixes=tuple(Prefix.parse(str(one)) for one in _several(prefix)),
        match=match,
        origins=frozenset(_asn(one) for one in _several(origin)),
        asns=frozenset(_asn(one) for one in peers if not _is_address(one)),
        addresses=frozenset(_address(str(one)) for one in peers if _is_address(one)),
        country=_country(path, country) if isinstance(country, str) else country,
        since_us=_time(since),
        until_us=_time(until),
    )


def _several(value: Several | None) -> list[One]:
    if value is None:
        return []
    return [value] if isinstance(value, str | int) else list(value)


def _asn(text: One) -> int:
    try:
        number = int(str(text).upper().removeprefix("AS"))
    except ValueError:
        number = -1
    if not 0 <= number < 1 << 32:
        raise ValueError(f"{text!r} is not an AS number such as AS131279 or 131279")
    return number


def _is_address(text: One) -> bool:
    return isinstance(text, str) and ("." in text or ":" in text)


def _address(text: str) -> str:
    """An address as peers have it."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        raise ValueError(f"{text!r} is neither an address nor an AS number") from None
    return address_text(int(address) >> 64, int(address) & (1 << 64) - 1, address.version == 6)


def _country(path: Source, country: str) -> Attribution:
    at_us = None if _is_stream(path) else probe(path).first_time_us
    return load_registry(at_us=at_us).attribution(find_country(country).code)


def _paths(given: Paths) -> tuple[str, ...]:
    """One path or several, as texts."""
    return tuple(os.fspath(path) for path in ([given] if isinstance(given, str | os.PathLike) else given))


def _time(value: Moment | None) -> int | None:
    if isinstance(value, datetime):
        value = (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()
    return parse_time(value) if isinstance(value, str) else value
