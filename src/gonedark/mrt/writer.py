"""Routes to MRT bytes: what scenarios and tests are made of.

Pure functions that return ``bytes``; write them one after the other into a file. Begin with :func:`peer_index_table`
and :func:`rib_record` for a routing table; with :func:`announcements` and :func:`withdrawals` (put into records by
:func:`message_record`), :func:`end_of_rib` and :func:`state_change` for an update stream. Times are microseconds UTC;
records without ``precise`` keep only whole seconds. Addresses of peers are text.

Formats: RFC 6396 (MRT), RFC 4271 and 6793 (UPDATE, four-octet AS numbers), RFC 4760 (IPv6), RFC 4724 (End-of-RIB).
Not for reading, which is :mod:`gonedark.mrt.reader`, and not for the rarer formats (ADD-PATH, TABLE_DUMP, RIB_GENERIC).
"""

import ipaddress
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from gonedark.model.prefix import Family, Prefix
from gonedark.model.time import SECOND_US
from gonedark.mrt.batch import Peer

AsPath = tuple[int | tuple[int, ...], ...]
"""AS numbers, nearest first; a tuple among them is an AS_SET."""

TABLE_DUMP_V2, BGP4MP, BGP4MP_ET = 13, 16, 17
PEER_INDEX_TABLE, RIB_IPV4_UNICAST, RIB_IPV6_UNICAST = 1, 2, 4
STATE_CHANGE, MESSAGE, MESSAGE_AS4, STATE_CHANGE_AS4 = 0, 1, 4, 5
IDLE, CONNECT, ACTIVE, OPEN_SENT, OPEN_CONFIRM, ESTABLISHED = 1, 2, 3, 4, 5, 6
"""States of the BGP finite state machine (RFC 4271 section 8.2.2)."""

AS_TRANS = 23456
_AS_SET, _AS_SEQUENCE = 1, 2
_SEGMENT_LIMIT = 255
_ORIGIN, _AS_PATH, _NEXT_HOP, _MP_REACH, _MP_UNREACH, _AS4_PATH = 1, 2, 3, 14, 15, 17
_TRANSITIVE, _OPTIONAL, _EXTENDED = 0x40, 0x80, 0x10
_UPDATE = 2
_MARKER = b"\xff" * 16
_MESSAGE_LIMIT_BYTES = 4096
_UNICAST: dict[Family, bytes] = {"ipv4": b"\x00\x01\x01", "ipv6": b"\x00\x02\x01"}


@dataclass(frozen=True, slots=True)
class Session:
    """One BGP session as a collector records it: the peer, and the collector's own side."""

    peer: Peer
    local_asn: int
    local_address: str


@lru_cache(maxsize=65536)
def address_bytes(text: str) -> bytes:
    """An IP address in network order: 4 or 16 bytes. Raises ValueError."""
    return ipaddress.ip_address(text).packed


@lru_cache(maxsize=65536)
def prefix_bytes(prefix: Prefix) -> bytes:
    """Length octet and as many address octets as needed (RFC 4271 section 4.3)."""
    octets = (prefix.length + 7) // 8
    width = 4 if prefix.family == "ipv4" else 16
    return bytes([prefix.length]) + prefix.address.to_bytes(width, "big")[:octets]


def record(time_us: int, kind: int, subtype: int, body: bytes) -> bytes:
    """One MRT record; with ``kind`` BGP4MP_ET the microseconds come first in the body (RFC 6396 section 3)."""
    seconds, microseconds = divmod(time_us, SECOND_US)
    if kind == BGP4MP_ET:
        body = struct.pack(">I", microseconds) + body
    return struct.pack(">IHHI", seconds, kind, subtype, len(body)) + body


def attribute(flags: int, code: int, value: bytes) -> bytes:
    """One path attribute; the extended length is used where the value needs it."""
    if len(value) > 255:
        return struct.pack(">BBH", flags | _EXTENDED, code, len(value)) + value
    return bytes([flags, code, len(value)]) + value


def _segment(kind: int, asns: Sequence[int], asn_bytes: int) -> bytes:
    clipped = [asn if asn_bytes == 4 or asn < 65536 else AS_TRANS for asn in asns]
    return bytes([kind, len(asns)]) + struct.pack(f">{len(asns)}{'I' if asn_bytes == 4 else 'H'}", *clipped)


def as_path_bytes(path: AsPath, *, asn_bytes: int = 4) -> bytes:
    """Segments of an AS_PATH. With two-octet numbers a larger one is written as AS_TRANS (RFC 6793)."""
    parts: list[bytes] = []
    run: list[int] = []

    def flush() -> None:
        for start in range(0, len(run), _SEGMENT_LIMIT):
            parts.append(_segment(_AS_SEQUENCE, run[start : start + _SEGMENT_LIMIT], asn_bytes))
        run.clear()

    for hop in path:
        if isinstance(hop, tuple):
            flush()
            parts.append(_segment(_AS_SET, hop, asn_bytes))
        else:
            run.append(hop)
    flush()
    return b"".join(parts)


def _has_large_asn(path: AsPath) -> bool:
    return any(asn > 65535 for hop in path for asn in (hop if isinstance(hop, tuple) else (hop,)))


@lru_cache(maxsize=65536)
def path_attributes(path: AsPath, *, asn_bytes: int = 4) -> bytes:
    """ORIGIN (IGP) and AS_PATH, and AS4_PATH where two octets are not enough."""
    parts = attribute(_TRANSITIVE, _ORIGIN, b"\x00")
    parts += attribute(_TRANSITIVE, _AS_PATH, as_path_bytes(path, asn_bytes=asn_bytes))
    if asn_bytes == 2 and _has_large_asn(path):
        parts += attribute(_OPTIONAL | _TRANSITIVE, _AS4_PATH, as_path_bytes(path))
    return parts


@lru_cache(maxsize=4096)
def next_hop_attribute(next_hop: str) -> bytes:
    """The NEXT_HOP attribute of an IPv4 route."""
    return attribute(_TRANSITIVE, _NEXT_HOP, address_bytes(next_hop))


@lru_cache(maxsize=65536)
def rib_attributes(path: AsPath, next_hop: str) -> bytes:
    """Attributes of a RIB entry; an IPv6 next hop goes into the shortened MP_REACH_NLRI (RFC 6396 section 4.3.4)."""
    packed = address_bytes(next_hop)
    if len(packed) == 4:
        return path_attributes(path) + attribute(_TRANSITIVE, _NEXT_HOP, packed)
    return path_attributes(path) + attribute(_OPTIONAL, _MP_REACH, bytes([len(packed)]) + packed)


def peer_index_table(time_us: int, *, collector_id: str, view: str, peers: Sequence[Peer]) -> bytes:
    """The record that opens a TABLE_DUMP_V2 file; entries name peers by their place in it. At most 65,535 peers."""
    name = view.encode()
    parts = [address_bytes(collector_id), struct.pack(">H", len(name)), name, struct.pack(">H", len(peers))]
    for number, peer in enumerate(peers, 1):
        packed = address_bytes(peer.address)
        identifier = packed if len(packed) == 4 else struct.pack(">I", number)
        parts.append(bytes([2 | (len(packed) == 16)]) + identifier + packed + struct.pack(">I", peer.asn))
    return record(time_us, TABLE_DUMP_V2, PEER_INDEX_TABLE, b"".join(parts))


def rib_entry(peer_index: int, originated_us: int, attributes: bytes) -> bytes:
    """One peer's route in a RIB record; ``attributes`` as :func:`rib_attributes` makes them."""
    return struct.pack(">HIH", peer_index, originated_us // SECOND_US, len(attributes)) + attributes


def rib_record(time_us: int, sequence: int, prefix: Prefix, entries: Sequence[bytes]) -> bytes:
    """All routes to one prefix: RIB_IPV4_UNICAST or RIB_IPV6_UNICAST with entries of :func:`rib_entry`."""
    subtype = RIB_IPV4_UNICAST if prefix.family == "ipv4" else RIB_IPV6_UNICAST
    head = struct.pack(">I", sequence) + prefix_bytes(prefix) + struct.pack(">H", len(entries))
    return record(time_us, TABLE_DUMP_V2, subtype, b"".join([head, *entries]))


def update_message(withdrawn: bytes = b"", attributes: bytes = b"", announced: bytes = b"") -> bytes:
    """A BGP UPDATE with its header. Raises ValueError above 4,096 bytes, the limit of RFC 4271 section 4."""
    body = struct.pack(">H", len(withdrawn)) + withdrawn + struct.pack(">H", len(attributes)) + attributes + announced
    length = 19 + len(body)
    if length > _MESSAGE_LIMIT_BYTES:
        raise ValueError(f"a BGP message of {length} bytes is longer than {_MESSAGE_LIMIT_BYTES}")
    return _MARKER + struct.pack(">HB", length, _UPDATE) + body


def _by_family(prefixes: Iterable[Prefix]) -> tuple[list[Prefix], list[Prefix]]:
    v4: list[Prefix] = []
    v6: list[Prefix] = []
    for prefix in prefixes:
        (v4 if prefix.family == "ipv4" else v6).append(prefix)
    return v4, v6


def _pieces(prefixes: Iterable[Prefix], room_bytes: int) -> Iterator[bytes]:
    """Encoded prefixes, joined into runs of at most ``room_bytes``."""
    run: list[bytes] = []
    used = 0
    for prefix in prefixes:
        encoded = prefix_bytes(prefix)
        if used + len(encoded) > room_bytes and run:
            yield b"".join(run)
            run, used = [], 0
        run.append(encoded)
        used += len(encoded)
    if run:
        yield b"".join(run)


_ROOM_BYTES = _MESSAGE_LIMIT_BYTES - 64


def withdrawals(prefixes: Iterable[Prefix]) -> Iterator[bytes]:
    """UPDATE messages that withdraw the prefixes, in as few as fit: IPv4 first, then IPv6 (MP_UNREACH_NLRI)."""
    v4, v6 = _by_family(prefixes)
    for piece in _pieces(v4, _ROOM_BYTES):
        yield update_message(withdrawn=piece)
    for piece in _pieces(v6, _ROOM_BYTES):
        yield update_message(attributes=attribute(_OPTIONAL, _MP_UNREACH, _UNICAST["ipv6"] + piece))


def announcements(
    prefixes: Iterable[Prefix], path: AsPath, *, next_hop_v4: str, next_hop_v6: str, asn_bytes: int = 4
) -> Iterator[bytes]:
    """UPDATE messages that announce the prefixes over one path, in as few as fit: IPv4 first, then IPv6."""
    v4, v6 = _by_family(prefixes)
    shared = path_attributes(path, asn_bytes=asn_bytes)
    room = _ROOM_BYTES - len(shared)
    for piece in _pieces(v4, room):
        yield update_message(attributes=shared + next_hop_attribute(next_hop_v4), announced=piece)
    if not v6:
        return
    hop = address_bytes(next_hop_v6)
    reach = _UNICAST["ipv6"] + bytes([len(hop)]) + hop + b"\x00"
    for piece in _pieces(v6, room - len(reach)):
        yield update_message(attributes=shared + attribute(_OPTIONAL, _MP_REACH, reach + piece))


def end_of_rib(family: Family) -> bytes:
    """The empty UPDATE that says that the initial table transfer is complete (RFC 4724 section 2)."""
    if family == "ipv4":
        return update_message()
    return update_message(attributes=attribute(_OPTIONAL, _MP_UNREACH, _UNICAST[family]))


@lru_cache(maxsize=4096)
def _session_header(session: Session, asn_bytes: int) -> bytes:
    peer, local = address_bytes(session.peer.address), address_bytes(session.local_address)
    if len(peer) != len(local):
        raise ValueError(f"peer {session.peer.address} and local address {session.local_address} are of two families")
    asns = (session.peer.asn, session.local_asn)
    numbers = [asn if asn_bytes == 4 or asn < 65536 else AS_TRANS for asn in asns]
    layout = ">IIHH" if asn_bytes == 4 else ">HHHH"
    return struct.pack(layout, *numbers, 0, 1 if len(peer) == 4 else 2) + peer + local


def message_record(
    time_us: int, session: Session, message: bytes, *, precise: bool = False, asn_bytes: int = 4
) -> bytes:
    """A BGP message as received: MESSAGE_AS4, or MESSAGE with ``asn_bytes`` 2; BGP4MP_ET with ``precise``."""
    subtype = MESSAGE_AS4 if asn_bytes == 4 else MESSAGE
    return record(time_us, BGP4MP_ET if precise else BGP4MP, subtype, _session_header(session, asn_bytes) + message)


def state_change(
    time_us: int, session: Session, old: int, new: int, *, precise: bool = False, asn_bytes: int = 4
) -> bytes:
    """A change of the session's state, e.g. ``ESTABLISHED`` to ``IDLE`` (RFC 6396 section 4.4.1)."""
    subtype = STATE_CHANGE_AS4 if asn_bytes == 4 else STATE_CHANGE
    body = _session_header(session, asn_bytes) + struct.pack(">HH", old, new)
    return record(time_us, BGP4MP_ET if precise else BGP4MP, subtype, body)
