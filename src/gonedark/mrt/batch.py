"""The shape in which route elements cross walls: columns, with dictionaries of peers, prefixes and paths.

A :class:`Batch` holds rows in the order of the file. Ids point into a :class:`Dictionaries`, which one reader (or
several of one collector) fills and never shrinks. Begin with :class:`Batch`; :mod:`gonedark.mrt.reader` makes them.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

ANNOUNCE, WITHDRAW, RIB_ENTRY, STATE, END_OF_RIB = 0, 1, 2, 3, 4
KIND_LETTERS = "AWRSE"

PRECISE_TIME = 1
"""Flag bit: the record's time has microseconds (BGP4MP_ET)."""
FAMILY_V6 = 2
"""Flag bit: the row is about IPv6 (set for prefix rows and for END_OF_RIB)."""
NATIONAL = 4
"""Flag bit: the prefix lies in the wanted ranges, so that its path was decoded. Always set without ranges."""
MULTICAST = 8
"""Flag bit: a route for multicast forwarding (SAFI 2 or 3), which says nothing of reachability; only on request."""
ADD_PATH = 16
"""Flag bit: the route came with a path identifier (RFC 7911), so that its peer may hold several for the prefix.

A withdrawal that leaves the peer another path to the prefix is left out, unless everything was asked for.
"""
LOCAL = 32
"""Flag bit: the collector sent the message itself (BGP4MP_MESSAGE_LOCAL) to ``peer``; only on request."""
FIRST_FORMAT = 64
"""Flag bit: from TABLE_DUMP (else: TABLE_DUMP_V2) or from MRT type 5 of 1999 (else: BGP4MP)."""
TREATED_AS_WITHDRAWN = 128
"""Flag bit: announced with malformed attributes, which counts as withdrawn (RFC 7606)."""

NONE = -1


@dataclass(frozen=True, slots=True)
class Peer:
    """A vantage point of one collector. ``address`` is text as bgpdump prints it."""

    asn: int
    address: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Bytes that could not be decoded: file, byte range in the decompressed stream, cause.

    ``torn`` is True where everything after it may be missing (a cut stream), so that a table in it is not complete.
    """

    file: str
    from_byte: int
    until_byte: int | None
    cause: str
    torn: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong or odd that cost at most one record or attribute (RFC 7606 style)."""

    file: str
    byte: int
    cause: str
    treatment: str


class Dictionaries(Protocol):
    """What ids mean.

    Prefix columns: ``prefix_addresses`` (n, 2) uint64 upper and lower halves (IPv4 in the lower), ``prefix_lengths``
    bits, ``prefix_families`` 0 for IPv4 and 1 for IPv6. ``path_origins``: origin ASN, -1 for a set or an empty path.
    ``path_asns``: hops from the peer to the origin, each a tuple of one ASN (several for an AS_SET). ``give_paths``:
    all paths with the memory they are kept in, which takes them away.
    """

    @property
    def peers(self) -> list[Peer]: ...

    @property
    def prefix_count(self) -> int: ...

    @property
    def path_count(self) -> int: ...

    def prefix_addresses(self) -> NDArray[np.uint64]: ...

    def prefix_lengths(self) -> NDArray[np.uint8]: ...

    def prefix_families(self) -> NDArray[np.uint8]: ...

    def prefix_text(self, prefix: int) -> str: ...

    def path_text(self, path: int) -> str: ...

    def path_origins(self) -> NDArray[np.int64]: ...

    def path_asns(self, path: int) -> list[tuple[int, ...]]: ...

    def path_columns(self) -> tuple[NDArray[np.int64], NDArray[np.uint32], NDArray[np.bool_]]: ...

    def give_paths(self) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]: ...


@dataclass(frozen=True, eq=False, slots=True)
class Presence:
    """Who has foreign prefixes in a table dump, without paths.

    Bit p of ``mask[i]`` is set where peer p holds ``prefix[i]``; ``mask`` is (n, words) uint64 and bit p lies in word
    p // 64. ``family_v6`` tells the family.
    """

    prefix: NDArray[np.int32]
    mask: NDArray[np.uint64]
    family_v6: NDArray[np.bool_]


@dataclass(frozen=True, eq=False, slots=True)
class Attributes:
    """Path attributes as they were: row ``i`` has ``blocks[index[i]]``, none where that is NONE.

    ``forms`` say how to read each block; :func:`gonedark.mrt.attributes.read_attributes` does.
    """

    index: NDArray[np.int32]
    blocks: tuple[bytes, ...]
    forms: tuple[int, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Batch:
    """Rows as columns, all of the same length, in file order.

    ``time_us`` int64 microseconds UTC; ``kind`` one of the constants above; ``peer``, ``prefix``, ``path`` ids, NONE
    where they do not apply (a withdrawal has no path; with ranges given a foreign prefix has an id but no path);
    ``flags`` bits above; ``state`` for STATE rows old * 256 + new FSM state (RFC 6396 section 4.4.1), else 0. On
    request only: ``attributes``, and ``path_id``, the path identifier of rows with ADD_PATH.
    """

    dictionaries: Dictionaries
    time_us: NDArray[np.int64]
    kind: NDArray[np.uint8]
    peer: NDArray[np.int32]
    prefix: NDArray[np.int32]
    path: NDArray[np.int32]
    flags: NDArray[np.uint8]
    state: NDArray[np.uint16]
    presence: Presence | None = None
    attributes: Attributes | None = None
    path_id: NDArray[np.uint32] | None = None

    def __len__(self) -> int:
        return len(self.time_us)
