"""Rows as text, line by line what ``bgpdump -m`` prints.

Begin with :class:`LineWriter`. It renders whatever repeats (peers, prefixes, paths, attributes) once. Batches must have
been read with ``attributes=True``. Not for JSON or tables.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gonedark.model.time import SECOND_US
from gonedark.mrt.attributes import IPV6_UNICAST, RouteAttributes, read_attributes
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
    Batch,
)
from gonedark.mrt.scratch import FORM_NLRI

LETTERS = {ANNOUNCE: "A", WITHDRAW: "W", RIB_ENTRY: "B", STATE: "STATE"}
ORIGINS = {0: "IGP", 1: "EGP"}
NO_NEXT_HOP = "255.255.255.255"
WELL_KNOWN = {0xFFFFFF01: "no-export", 0xFFFFFF02: "no-advertise", 0xFFFFFF03: "local-AS"}
IPV4_UNICAST = (1, 1)


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
    """Makes lines of batches; keeps what it has rendered of a few tens of thousands of paths and attributes."""

    def __init__(self) -> None:
        self._read = lru_cache(maxsize=1 << 15)(read_attributes)

    def lines(self, batch: Batch) -> list[str]:
        """A line for each row; END_OF_RIB rows, which bgpdump does not print, give none."""
        if batch.attributes is None or batch.path_id is None:
            raise ValueError("lines need batches that were read with attributes=True")
        peers = [f"{peer.address}|{peer.asn}" for peer in batch.dictionaries.peers]
        prefixes = _texts(batch.prefix, batch.dictionaries.prefix_text)
        paths = _texts(batch.path, batch.dictionaries.path_text)
        tails: dict[tuple[int, int], str] = {}
        lines = []
        columns = (batch.kind, batch.time_us, batch.flags, batch.peer, batch.prefix, batch.path)
        more = (batch.attributes.index, batch.path_id, batch.state)
        rows = zip(*(column.tolist() for column in (*columns, *more)), strict=True)
        for kind, time_us, flags, peer, prefix, path, block, path_id, state in rows:
            if kind == END_OF_RIB:
                continue
            head = f"{format_label(kind, flags)}|{time_text(time_us, flags)}|{LETTERS[kind]}|{peers[peer]}|"
            if kind == STATE:
                lines.append(f"{head}{state >> 8}|{state & 255}")
                continue
            where = f"{prefixes[prefix]}|{path_id}" if flags & ADD_PATH else prefixes[prefix]
            if kind == WITHDRAW:
                lines.append(f"{head}{where}")
                continue
            tail = tails.get((block, flags))
            if tail is None:
                tail = tails[block, flags] = self._tail(batch, block, kind, flags)
            lines.append(f"{head}{where}|{paths.get(path, '')}|{tail}")
        return lines

    def _tail(self, batch: Batch, block: int, kind: int, flags: int) -> str:
        assert batch.attributes is not None, "lines() has checked it"
        # A route outside the reader's ranges was announced, but its attributes were not kept.
        data, form = (b"", 0) if block == NONE else (batch.attributes.blocks[block], batch.attributes.forms[block])
        attributes = self._read(data, form)
        return attribute_text(attributes, next_hop_of(attributes, kind, flags, form))


def _texts(ids: NDArray[np.int32], text: Callable[[int], str]) -> dict[int, str]:
    return {one: text(one) for one in np.unique(ids).tolist() if one != NONE}
