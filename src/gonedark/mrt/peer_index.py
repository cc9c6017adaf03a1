"""The PEER_INDEX_TABLE record (RFC 6396 section 4.3.1): which peers a table dump's entries are of.

Begin with :func:`read_peer_index`. Not for the entries, which is the loop in :mod:`gonedark.mrt.rib_loop`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IndexedPeer:
    """One peer: AS number, upper and lower half of its address (an IPv4 address in the lower alone), family."""

    asn: int
    high: int
    low: int
    v6: bool


@dataclass(frozen=True, slots=True)
class PeerIndex:
    """A peer index table. ``cause`` says what was wrong where not all peers could be read, else it is None."""

    collector_id: int
    view_name: str
    peers: tuple[IndexedPeer, ...]
    cause: str | None


def read_peer_index(body: bytes) -> PeerIndex:
    """Read the record's body, as far as it is sound; never raises on bad bytes."""
    if len(body) < 8:
        return PeerIndex(0, "", (), "the peer index table is cut short")
    collector_id = int.from_bytes(body[:4], "big")
    name_length = int.from_bytes(body[4:6], "big")
    at = 6 + name_length
    if at + 2 > len(body):
        return PeerIndex(collector_id, "", (), "the peer index table is cut short")
    view_name = body[6:at].decode("utf-8", "replace").rstrip("\0").strip()
    count = int.from_bytes(body[at : at + 2], "big")
    peers: list[IndexedPeer] = []
    at += 2
    for _ in range(count):
        peer, at = _read_peer(body, at)
        if peer is None:
            return PeerIndex(collector_id, view_name, tuple(peers), "the peer index table is cut short")
        peers.append(peer)
    return PeerIndex(collector_id, view_name, tuple(peers), None)


def _read_peer(body: bytes, at: int) -> tuple[IndexedPeer | None, int]:
    """Type, BGP identifier, address, AS number; bit 0 of the type means IPv6, bit 1 an AS number of four bytes."""
    if at >= len(body):
        return None, at
    kind = body[at]
    address_bytes = 16 if kind & 1 else 4
    asn_at = at + 5 + address_bytes
    end = asn_at + (4 if kind & 2 else 2)
    if end > len(body):
        return None, at
    address = int.from_bytes(body[at + 5 : asn_at], "big")
    asn = int.from_bytes(body[asn_at:end], "big")
    return IndexedPeer(asn, address >> 64, address & (1 << 64) - 1, bool(kind & 1)), end
