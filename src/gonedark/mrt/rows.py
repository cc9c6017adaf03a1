"""Rows of batches as objects, for people and tests.

Begin with :func:`rows`. Text forms are those of ``bgpdump -m``. Not for large amounts: batches are fifty times faster.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gonedark.mrt.attributes import RouteAttributes, read_attributes
from gonedark.mrt.batch import ADD_PATH, END_OF_RIB, KIND_LETTERS, NONE, PRECISE_TIME, STATE, Batch
from gonedark.mrt.lines import time_text


@dataclass(frozen=True, slots=True)
class Row:
    """One route element. ``kind`` is A (announced), W (withdrawn), R (in a table) or S (the peer's state changed).

    ``prefix`` is empty for S rows, ``as_path`` for W and S rows; ``origin`` is the AS number that ends the path, None
    for a set or where there is none. ``states`` (S rows) are the old and the new state of the session (RFC 4271 section
    8.2.2), ``path_id`` is the path identifier (RFC 7911), ``attributes`` everything else about a route; both only on
    request.
    """

    kind: str
    time_us: int
    time: str
    collector: str
    peer_asn: int
    peer_address: str
    prefix: str
    as_path: str
    origin: int | None
    states: tuple[int, int] | None = None
    path_id: int | None = None
    attributes: RouteAttributes | None = None


def rows(batch: Batch, collector: str = "") -> Iterator[Row]:
    """The batch's rows one by one; END_OF_RIB rows, which are about no route, are left out."""
    dictionaries = batch.dictionaries
    prefixes = {one: dictionaries.prefix_text(one) for one in np.unique(batch.prefix).tolist() if one != NONE}
    paths = {one: dictionaries.path_text(one) for one in np.unique(batch.path).tolist() if one != NONE}
    peers, origins = dictionaries.peers, dictionaries.path_origins()
    columns = (batch.kind, batch.time_us, batch.flags, batch.peer, batch.prefix, batch.path, batch.state)
    for at, (kind, time_us, flags, peer, prefix, path, state) in enumerate(
        zip(*(column.tolist() for column in columns), strict=True)
    ):
        if kind == END_OF_RIB:
            continue
        origin = NONE if path == NONE else int(origins[path])
        yield Row(
            kind=KIND_LETTERS[kind],
            time_us=time_us,
            time=time_text(time_us, flags & PRECISE_TIME),
            collector=collector,
            peer_asn=peers[peer].asn,
            peer_address=peers[peer].address,
            prefix=prefixes.get(prefix, ""),
            as_path=paths.get(path, ""),
            origin=None if origin == NONE else origin,
            states=(state >> 8, state & 255) if kind == STATE else None,
            path_id=int(batch.path_id[at]) if batch.path_id is not None and flags & ADD_PATH else None,
            attributes=_attributes(batch, at),
        )


def _attributes(batch: Batch, at: int) -> RouteAttributes | None:
    if batch.attributes is None or batch.attributes.index[at] == NONE:
        return None
    block = int(batch.attributes.index[at])
    return read_attributes(batch.attributes.blocks[block], batch.attributes.forms[block])
