"""Rows as text, line by line what ``bgpdump -m`` prints.

Begin with :class:`LineWriter`. It renders whatever repeats (peers, prefixes, paths, attributes) once. Batches must have
been read with ``attributes=True``. Not for JSON or tables.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonedark.model.time import SECOND_US
from gonedark.mrt.attributes import AS4_PATH, AS_PATH, IPV6_UNICAST, RouteAttributes, read_values, split_attributes
from gonedark.mrt.batch import (
    ADD_PATH,
    ANNOUNCE,
    END_OF_RIB,
    FAMILY_V6,
    FIRST_FORMAT,
    LOCAL,
    MULTICAST,
    NONE,
    PRECISE_TIME,
    RIB_ENTRY,
    STATE,
    WITHDRAW,
    Attributes,
    Batch,
    Dictionaries,
)
from gonedark.mrt.scratch import FORM_NLRI

LETTERS = {ANNOUNCE: "A", WITHDRAW: "W", RIB_ENTRY: "B", STATE: "STATE"}
ORIGINS = {0: "IGP", 1: "EGP"}
NO_NEXT_HOP = "255.255.255.255"
WELL_KNOWN = {0xFFFFFF01: "no-export", 0xFFFFFF02: "no-advertise", 0xFFFFFF03: "local-AS"}
IPV4_UNICAST = (1, 1)
MOST_TEXTS = 1 << 20

_Rows = NDArray[np.int64]
_Column = NDArray[Any]
"""Texts, one a row."""


@lru_cache(maxsize=1024)
def format_label(kind: int, flags: int) -> str:
    """The first column: which kind of record a row is from."""
    added = "_AP" if flags & ADD_PATH else ""
    if kind == RIB_ENTRY:
        return "TABLE_DUMP" if flags & FIRST_FORMAT else f"TABLE_DUMP2{added}"
    if flags & FIRST_FORMAT:
        return "BGP"
    precise = "_ET" if flags & PRECISE_TIME else ""
    local = "_LOCAL" if flags & LOCAL else ""
    return f"BGP4MP{precise}{local}{added}"


def time_text(time_us: int, flags: int) -> str:
    """Seconds since 1970, with microseconds where the record has them."""
    seconds, micro = divmod(time_us, SECOND_US)
    return f"{seconds}.{micro:06d}" if flags & PRECISE_TIME else str(seconds)


@lru_cache(maxsize=1 << 14)
def community_text(communities: tuple[int, ...]) -> str:
    """``701:120 no-export``."""
    return " ".join(WELL_KNOWN.get(one) or f"{one >> 16}:{one & 0xFFFF}" for one in communities)


def next_hop_of(attributes: RouteAttributes, kind: int, flags: int, form: int) -> str:
    """The next hop that goes with a row: that of MP_REACH_NLRI where the route came in it."""
    plain = attributes.next_hop or NO_NEXT_HOP
    if kind == RIB_ENTRY:
        found = attributes.next_hops.get(IPV6_UNICAST)
        if found is None and not flags & FIRST_FORMAT:
            found = attributes.next_hops.get(IPV4_UNICAST)
        return found or plain
    family = 2 if flags & FAMILY_V6 else 1
    if flags & MULTICAST:
        return attributes.next_hops.get((family, 2)) or attributes.next_hops.get((family, 3)) or ""
    if family == 1 and form & FORM_NLRI:
        return plain
    return attributes.next_hops.get((family, 1), "")


def attribute_text(attributes: RouteAttributes, next_hop: str) -> str:
    """Everything behind the AS path."""
    origin = ORIGINS.get(NONE if attributes.origin is None else attributes.origin, "INCOMPLETE")
    numbers = f"{attributes.local_pref or 0}|{attributes.med or 0}"
    aggregated = "AG" if attributes.atomic_aggregate else "NAG"
    aggregator = "" if attributes.aggregator is None else f"{attributes.aggregator[0]} {attributes.aggregator[1]}"
    return f"{origin}|{next_hop}|{numbers}|{community_text(attributes.communities)}|{aggregated}|{aggregator}|"


class LineWriter:
    """Makes lines of batches, by columns: whatever repeats among their rows is rendered once.

    Texts of prefixes and paths are kept from batch to batch, those of some tens of thousands of attribute blocks too.
    """

    def __init__(self) -> None:
        self._tail_of_values = lru_cache(maxsize=1 << 16)(_tail_text)
        self._prefixes = _Texts(lambda dictionaries, one: dictionaries.prefix_text(one))
        self._paths = _Texts(lambda dictionaries, one: dictionaries.path_text(one))

    def lines(self, batch: Batch) -> list[str]:
        """A line for each row; END_OF_RIB rows, which bgpdump does not print, give none."""
        rows = np.flatnonzero(batch.kind != END_OF_RIB)
        parts = self._heads(batch, rows), self._middles(batch, rows), self._ends(batch, rows)
        return [head + middle + end for head, middle, end in zip(*(part.tolist() for part in parts), strict=True)]

    def _heads(self, batch: Batch, rows: _Rows) -> _Column:
        """Kind, time and peer."""
        peers = [f"{peer.address}|{peer.asn}" for peer in batch.dictionaries.peers]
        first, group = _grouped(batch.kind[rows], batch.flags[rows], batch.time_us[rows], batch.peer[rows])
        columns = (batch.kind, batch.flags, batch.time_us, batch.peer)
        known = zip(*(column[rows[first]].tolist() for column in columns), strict=True)
        texts = [
            f"{format_label(kind, flags)}|{time_text(time_us, flags)}|{LETTERS[kind]}|{peers[peer]}|"
            for kind, flags, time_us, peer in known
        ]
        return _column(texts)[group]

    def _middles(self, batch: Batch, rows: _Rows) -> _Column:
        """The prefix with its path identifier, or the states of a session."""
        found = np.full(len(rows), "", dtype=object)
        is_state = batch.kind[rows] == STATE
        found[is_state] = _column([f"{state >> 8}|{state & 255}" for state in batch.state[rows[is_state]].tolist()])
        found[~is_state] = self._prefixes.of(batch.dictionaries, batch.prefix[rows[~is_state]])
        added = np.flatnonzero(~is_state & (batch.flags[rows] & ADD_PATH > 0))
        if len(added) and batch.path_id is not None:
            found[added] += _column([f"|{path_id}" for path_id in batch.path_id[rows[added]].tolist()])
        return found

    def _ends(self, batch: Batch, rows: _Rows) -> _Column:
        """The path and the other attributes of what is announced."""
        if batch.attributes is None or batch.path_id is None:
            raise ValueError("lines need batches that were read with attributes=True")
        found = np.full(len(rows), "", dtype=object)
        held = np.isin(batch.kind[rows], (ANNOUNCE, RIB_ENTRY))
        mine = rows[held]
        if not len(mine):
            return found
        kept = batch.attributes
        first, group = _grouped(kept.index[mine], batch.flags[mine], batch.kind[mine])
        columns = (kept.index, batch.kind, batch.flags)
        known = zip(*(column[mine[first]].tolist() for column in columns), strict=True)
        tails = [self._tail(kept, block, kind, flags) for block, kind, flags in known]
        paths = self._paths.of(batch.dictionaries, batch.path[mine])
        found[held] = "|" + paths + "|" + _column(tails)[group]
        return found

    def _tail(self, kept: Attributes, block: int, kind: int, flags: int) -> str:
        """The attributes behind the path, which differ far less than whole blocks do."""
        # A route outside the reader's ranges was announced, but its attributes were not kept.
        data, form = (b"", 0) if block == NONE else (kept.blocks[block], kept.forms[block])
        values = split_attributes(data)
        values.pop(AS_PATH, None)
        values.pop(AS4_PATH, None)
        return self._tail_of_values(tuple(values.items()), form, kind, flags)


def _tail_text(values: tuple[tuple[int, bytes], ...], form: int, kind: int, flags: int) -> str:
    attributes = read_values(dict(values), form)
    return attribute_text(attributes, next_hop_of(attributes, kind, flags, form))


class _Texts:
    """Texts of dictionary ids, each rendered once; a million of them at most are kept."""

    def __init__(self, text: Callable[[Dictionaries, int], str]) -> None:
        self._text = text
        self._dictionaries: Dictionaries | None = None
        self._known: dict[int, str] = {}

    def of(self, dictionaries: Dictionaries, ids: NDArray[np.int32]) -> _Column:
        """(n,) texts; NONE gives an empty one."""
        if self._dictionaries is not dictionaries or len(self._known) > MOST_TEXTS:
            self._dictionaries, self._known = dictionaries, {NONE: ""}
        known = self._known
        some, group = np.unique(ids, return_inverse=True)
        wanted = some.tolist()
        known |= {one: self._text(dictionaries, one) for one in wanted if one not in known}
        return _column([known[one] for one in wanted])[group]


def _grouped(*columns: NDArray[np.integer]) -> tuple[_Rows, _Rows]:
    """Of rows that are equal in all columns the first one, and every row's group."""
    group = np.zeros(len(columns[0]), dtype=np.int64)
    first = group
    for column in columns:
        some, code = np.unique(column, return_inverse=True)
        _, first, group = np.unique(group * len(some) + code, return_index=True, return_inverse=True)
    return first, group


def _column(texts: list[str]) -> _Column:
    column = np.empty(len(texts), dtype=object)
    column[:] = texts
    return column
