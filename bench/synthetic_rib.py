"""A synthetic world's routing table as MRT TABLE_DUMP_V2 (RFC 6396 section 4.3), in pieces of bounded size.

Begin with :func:`rib_bytes`.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from synthetic_routes import U8, Rows, Spans, attributes, join
from synthetic_world import I64, Peers, Table, World, mix, share

PREFIXES_AT_ONCE = 1024
PRESENCE_SHARE, PARTIAL_SHARE = 0.985, 0.03
"""Share of the prefixes that a peer with a full table holds, and one with a part of it."""
FLAVOUR_SHARE = 0.09
"""Share of the runs whose routes differ from their atom's others in a community only."""
MOVED_SHARE = 0.12
"""Share of the entries that do not stand in their peer's usual place in the record."""


def mrt_record(time_seconds: int, kind: int, subtype: int, body: bytes) -> bytes:
    """One MRT record (RFC 6396 section 2)."""
    header = time_seconds.to_bytes(4) + kind.to_bytes(2) + subtype.to_bytes(2) + len(body).to_bytes(4)
    return header + body


def _peer_index(world: World) -> bytes:
    peers: Peers = world.peers
    body = (0xC6120001).to_bytes(4) + len(b"bench").to_bytes(2) + b"bench" + len(peers).to_bytes(2)
    for asn, address, v6 in zip(peers.asn.tolist(), peers.address.tolist(), peers.family_v6.tolist(), strict=True):
        text = address.to_bytes(8) + (1).to_bytes(8) if v6 else address.to_bytes(4)
        body += (3 if v6 else 2).to_bytes(1) + (address & 0xFFFFFFFF).to_bytes(4) + text + asn.to_bytes(4)
    return mrt_record(world.begin_seconds, 13, 1, body)


def holds(world: World, table: Table, prefix: I64, peer: I64) -> NDArray[np.bool_]:
    """True where the peer holds the prefix (numbers into the table); every full feed holds North Korea's."""
    wanted = np.where(world.peers.full[peer], PRESENCE_SHARE, PARTIAL_SHARE)
    listed: NDArray[np.bool_] = share(mix(world.seed, 30, table.run[prefix], peer)) < wanted
    listed |= (table.atom[prefix] == -1) & world.peers.full[peer]
    return listed


def _originated(world: World, run: I64, peer: I64) -> I64:
    """When each route was learned: since the session came up, or by an event that reached all peers within a minute."""
    by_run, by_route = mix(world.seed, 40, run), mix(world.seed, 41, run, peer)
    age = (share(by_run) ** 3 * 20 * 86400).astype(np.int64) + (share(by_route) * 30).astype(np.int64)
    session = (share(mix(world.seed, 42, peer)) * 10 * 86400 + share(by_route, 16) * 4).astype(np.int64)
    return world.begin_seconds - np.where(share(by_route, 32) < 0.35, session, age)


def _records(world: World, table: Table, prefix: I64, count: I64, body_bytes: I64) -> Spans:
    """The heads of RIB records, from the MRT header to the number of entries."""
    rows, length = Rows(len(prefix)), table.length[prefix].astype(np.int64)
    address_bytes = (length + 7) // 8
    rows.number(np.full(len(prefix), world.begin_seconds), 4)
    rows.constant("000d0004" if table.family_v6 else "000d0002")
    rows.number(7 + address_bytes + body_bytes, 4)
    rows.number(prefix, 4)
    rows.number(length, 1)
    address = table.address[prefix] << np.uint64(0 if table.family_v6 else 32)
    rows.some(address.astype(">u8").view(np.uint8).reshape(-1, 8), address_bytes)
    rows.number(count, 2)
    return rows.spans()


def _piece(world: World, table: Table, prefix: I64) -> U8:
    """The records of some neighbouring prefixes."""
    peers = world.peers.of(table.family_v6)
    runs, first, run_of = np.unique(table.run[prefix], return_index=True, return_inverse=True)
    row_run, row_peer = np.repeat(runs, len(peers)), np.tile(peers, len(runs))
    row_atom = np.repeat(table.atom[prefix][first], len(peers))
    flavour = (share(mix(world.seed, 31, row_run)) < FLAVOUR_SHARE).astype(np.int64)
    blobs = attributes(world, row_peer, row_atom, flavour, np.zeros_like(row_run))
    originated = _originated(world, row_run, row_peer)

    usual = share(mix(world.seed, 32, peers))
    moved = mix(world.seed, 33, runs[:, None], peers)
    place = np.where(share(moved) < MOVED_SHARE, share(moved, 16) - 1, usual)
    order = np.argsort(place, axis=1, kind="stable")[run_of]
    there = holds(world, table, prefix[:, None], peers[order])
    row = (run_of[:, None] * len(peers) + order)[there]
    count = there.sum(axis=1)

    heads = Rows(len(row))
    heads.number(row_peer[row], 2)
    heads.number(originated[row], 4)
    heads.number(blobs.length[row], 2)
    record_of = np.repeat(np.arange(len(prefix)), count)
    body_bytes = np.bincount(record_of, 8 + blobs.length[row], len(prefix)).astype(np.int64)
    records = _records(world, table, prefix, count, body_bytes)

    kind = np.zeros(len(prefix) + 2 * len(row), np.int64)
    index = np.zeros_like(kind)
    entry_at = record_of + 1 + 2 * np.arange(len(row))
    kind[entry_at], index[entry_at] = 1, np.arange(len(row))
    kind[entry_at + 1], index[entry_at + 1] = 2, row
    index[kind == 0] = np.arange(len(prefix))
    return join([records, heads.spans(), blobs], kind, index)


def rib_bytes(world: World) -> Iterator[bytes]:
    """The whole table, the peer index first, then IPv4, then IPv6."""
    yield _peer_index(world)
    for table in world.tables:
        for begin in range(0, len(table), PREFIXES_AT_ONCE):
            yield _piece(world, table, np.arange(begin, min(begin + PREFIXES_AT_ONCE, len(table)))).tobytes()
