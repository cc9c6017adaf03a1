"""A synthetic world's busy day as MRT BGP4MP messages (RFC 6396 section 4.4), in pieces of bounded size.

Begin with :func:`update_bytes`. The mix follows real update files (bench/README.md): most messages announce one prefix,
or a few of one atom, over the peer's usual path or another; one in sixteen withdraws; a small part of the table makes
most of the noise; now and then a session with a partial table goes down, comes back and sends its table again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from synthetic_rib import holds
from synthetic_routes import Rows, Spans, attributes, join
from synthetic_world import I64, World, mix, share

ANNOUNCE, WITHDRAW, STATE = 0, 1, 2
IDLE, OPEN_CONFIRM, ESTABLISHED = 1, 5, 6
MESSAGES_AT_ONCE = 8192
WITHDRAWING_SHARE = 0.06
ALTERNATIVE_SHARE = 0.45
"""Share of the announcements over another than the peer's usual path."""
RESET_EVERY = 50
"""A session is reset after so many pieces of ``MESSAGES_AT_ONCE`` messages."""
MOST_PREFIXES = 30
NOISE_EXPONENT = 3
"""How unevenly the noise falls: an eighth of the table gets half of it."""
LOCAL_ASN = 6447


@dataclass(frozen=True, eq=False)
class Prefixes:
    """All prefixes, IPv4 first, atom by atom, so that those of one message lie side by side, with their NLRI.

    ``table_index`` is a prefix's place in its table; ``group`` ascends and tells atoms apart, ``atom`` is the world's.
    """

    table_index: I64
    atom: I64
    group: I64
    v6: NDArray[np.bool_]
    nlri: Spans


def _prefixes(world: World) -> Prefixes:
    orders = [np.argsort(table.atom, kind="stable") for table in world.tables]
    both = list(zip(world.tables, orders, strict=True))
    atom = np.concatenate([table.atom[order] for table, order in both])
    v6 = np.concatenate([np.full(len(table), table.family_v6) for table in world.tables])
    length = np.concatenate([table.length[order] for table, order in both]).astype(np.int64)
    shifts = [np.uint64(0 if table.family_v6 else 32) for table in world.tables]
    address = np.concatenate([t.address[order] << shift for (t, order), shift in zip(both, shifts, strict=True)])
    rows = Rows(len(atom))
    rows.number(length, 1)
    rows.some(address.astype(">u8").view(np.uint8).reshape(-1, 8), (length + 7) // 8)
    begins = np.concatenate([[False], (atom[1:] != atom[:-1]) | (v6[1:] != v6[:-1])])
    return Prefixes(np.concatenate(orders), atom, np.cumsum(begins), v6, rows.spans())


@dataclass(frozen=True, eq=False)
class Messages:
    """Messages as columns. Their prefixes are ``count`` of :class:`Prefixes` from ``first`` on.

    ``variant`` is the path an announcement takes (0: the peer's usual one), ``state`` the session's old and new state.
    """

    time_seconds: I64
    peer: I64
    kind: I64
    first: I64
    count: I64
    variant: I64
    state: tuple[int, int] = (0, 0)


def _noise(world: World, prefixes: Prefixes, number: I64, time_seconds: I64) -> Messages:
    """Ordinary messages; ``number`` counts them through the day."""
    draw, total = mix(world.seed, 50, number), len(prefixes.atom)
    place = mix(world.seed, 51, number).astype(np.float64) / 2**64
    # A large prime scatters the noisy prefixes over the table; the offset keeps North Korea, the first, out of them.
    first = ((place**NOISE_EXPONENT * total).astype(np.int64) * 1_000_003 + total // 3) % total
    left = np.searchsorted(prefixes.group, prefixes.group[first], side="right") - first
    waiting = -np.log(1 - share(mix(world.seed, 52, number)))
    count = np.minimum(np.exp(1.4 * np.maximum(0, waiting - 0.9)).astype(np.int64), np.minimum(left, MOST_PREFIXES))
    full = [np.flatnonzero(world.peers.full & (world.peers.family_v6 == family)) for family in (False, True)]
    chosen = share(draw, 32) ** 1.5
    v4, v6 = (peers[(chosen * len(peers)).astype(np.int64)] if len(peers) else number * 0 for peers in full)
    kind = np.where(share(draw) < WITHDRAWING_SHARE, WITHDRAW, ANNOUNCE)
    variant = np.where(share(draw, 16) < ALTERNATIVE_SHARE, 1 + (draw >> np.uint64(60)).astype(np.int64) % 3, 0)
    return Messages(time_seconds, np.where(prefixes.v6[first], v6, v4), kind, first, count, variant)


def _reset(world: World, prefixes: Prefixes, turn: int, time_seconds: int) -> Iterator[Messages]:
    """One IPv4 session with a partial table goes down, comes back, and sends its table, a prefix a message."""
    partial = np.flatnonzero(~world.peers.full & ~world.peers.family_v6)
    peer, one = int(partial[turn % len(partial)]), np.ones(1, np.int64)
    for state in ((ESTABLISHED, IDLE), (OPEN_CONFIRM, ESTABLISHED)):
        yield Messages(one * time_seconds, one * peer, one * STATE, one * 0, one * 0, one * 0, state)
    of_v4 = np.flatnonzero(~prefixes.v6)
    held = of_v4[holds(world, world.tables[0], prefixes.table_index[of_v4], np.full(len(of_v4), peer))]
    for begin in range(0, len(held), MESSAGES_AT_ONCE):
        first = held[begin : begin + MESSAGES_AT_ONCE]
        zero = np.zeros_like(first)
        yield Messages(zero + time_seconds, zero + peer, zero + ANNOUNCE, first, zero + 1, zero)


def _mp_heads(world: World, messages: Messages, nlri_bytes: I64, v6: NDArray[np.bool_]) -> Spans:
    """What stands between the ordinary attributes and IPv6 prefixes: MP_REACH_NLRI or MP_UNREACH_NLRI (RFC 4760)."""
    rows = Rows(len(v6))
    announces, withdraws = (messages.kind == ANNOUNCE) & v6, (messages.kind == WITHDRAW) & v6
    rows.constant("900e", announces)
    rows.number(21 + nlri_bytes, 2, announces)
    rows.constant("00020110", announces)
    rows.number(world.peers.address[messages.peer], 8, announces)
    rows.constant("000000000000000100", announces)
    rows.constant("900f", withdraws)
    rows.number(3 + nlri_bytes, 2, withdraws)
    rows.constant("000201", withdraws)
    return rows.spans()


def _heads(world: World, messages: Messages, nlri_bytes: I64, attribute_bytes: I64, v6: NDArray[np.bool_]) -> Spans:
    """Everything before the first attribute or withdrawn IPv4 prefix."""
    rows, peer, v4 = Rows(len(v6)), messages.peer, ~v6
    address, is_state = world.peers.address[peer], messages.kind == STATE
    withdrawn = np.where((messages.kind == WITHDRAW) & v4, nlri_bytes, 0)
    bgp_bytes = 23 + attribute_bytes + np.where(v4, nlri_bytes, 0)
    rows.number(messages.time_seconds, 4)
    rows.number(np.where(is_state, 0x00100005, 0x00100004), 4)
    rows.number(np.where(v6, 44, 20) + np.where(is_state, 4, bgp_bytes), 4)
    rows.number(world.peers.asn[peer], 4)
    rows.number(np.full(len(v6), LOCAL_ASN), 4)
    rows.number(np.where(v6, 2, 1), 4)
    rows.number(address, 8, v6)
    rows.constant("0000000000000001 20010db8ffff0000 0000000000000001", v6)
    rows.number(address, 4, v4)
    rows.constant("c6120001", v4)
    for state in messages.state:
        rows.number(np.full(len(v6), state), 2, is_state)
    rows.constant("ff" * 16, ~is_state)
    rows.number(bgp_bytes, 2, ~is_state)
    rows.constant("02", ~is_state)
    rows.number(withdrawn, 2, ~is_state)
    rows.number(attribute_bytes, 2, ~is_state & (withdrawn == 0))
    return rows.spans()


def _encode(world: World, prefixes: Prefixes, messages: Messages) -> bytes:
    """The messages as MRT records: head, attributes, prefixes."""
    nlri, v6 = prefixes.nlri, prefixes.v6[messages.first]
    begin, last = nlri.start[messages.first], messages.first + np.maximum(messages.count, 1) - 1
    nlri_bytes = np.where(messages.count > 0, nlri.start[last] + nlri.length[last] - begin, 0)
    atom, plain = prefixes.atom[messages.first], np.zeros_like(messages.first)
    blobs = attributes(world, messages.peer, atom, plain, messages.variant, mp=False)
    blobs = replace(blobs, length=np.where(messages.kind == ANNOUNCE, blobs.length, 0))
    between = _mp_heads(world, messages, nlri_bytes, v6)
    attribute_bytes = blobs.length + between.length + np.where(v6, nlri_bytes, 0)
    heads = _heads(world, messages, nlri_bytes, attribute_bytes, v6)
    # After withdrawn IPv4 prefixes stands the length of no attributes at all.
    tails = Rows(len(v6))
    tails.constant("0000", (messages.kind == WITHDRAW) & ~v6)
    pieces = [heads, blobs, between, Spans(nlri.pool, begin, nlri_bytes), tails.spans()]
    kind = np.tile(np.arange(len(pieces)), len(v6))
    return join(pieces, kind, np.repeat(np.arange(len(v6)), len(pieces))).tobytes()


def update_bytes(world: World, count: int, rate: float) -> Iterator[bytes]:
    """``count`` messages at ``rate`` a second from a second after the world's begin, and what resets add to them."""
    prefixes = _prefixes(world)
    for piece, begin in enumerate(range(0, count, MESSAGES_AT_ONCE), 1):
        number = np.arange(begin, min(begin + MESSAGES_AT_ONCE, count))
        time_seconds = world.begin_seconds + 1 + (number / rate).astype(np.int64)
        yield _encode(world, prefixes, _noise(world, prefixes, number, time_seconds))
        if piece % RESET_EVERY == 0:
            for messages in _reset(world, prefixes, piece // RESET_EVERY, int(time_seconds[-1])):
                yield _encode(world, prefixes, messages)
