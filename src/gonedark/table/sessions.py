"""Which session was up and full feed when: the decisions about vantage points, after all collectors are known.

Begin with :func:`vote`. It replays the marks, dumps, sizes and gaps of all collectors in order of time, as the design's
section 3 defines *session*, *loaded*, *gap* and *full feed*. Per family, since each family has its own table.
"""

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gonedark.model.thresholds import Thresholds
from gonedark.table.changes import (
    MARK_APPEARED,
    MARK_DOWN,
    MARK_END_OF_RIB_V4,
    MARK_END_OF_RIB_V6,
    MARK_ESTABLISHED,
)

UNKNOWN, DOWN, LOADING, UP, STALE = range(5)

_PARTS = 24
"""Of the horizon, by which the largest sizes are remembered."""
_GAP, _MARK, _RIB, _SIZE = range(4)
"""Order of events of one instant: what is lost first, then what the collector said, then sizes."""


@dataclass(frozen=True, slots=True)
class SessionEvents:
    """What happened to the sessions of one family, as columns in order of time.

    ``time_us``, ``kind`` (_GAP, _MARK, _RIB, _SIZE), ``session`` and ``value`` (the mark, the dump's entries of the
    session or the size). A dump entry of -1 means: the dump is torn, its entries prove nothing missing.
    """

    time_us: NDArray[np.int64]
    kind: NDArray[np.int8]
    session: NDArray[np.int32]
    value: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Steps:
    """Dated steps of one session property: at ``time_us[i]`` session ``session[i]`` takes ``value[i]``."""

    time_us: NDArray[np.int64]
    session: NDArray[np.int32]
    value: NDArray[np.int64]


@dataclass(slots=True)
class _Replay:
    """The state while replaying: one entry a session."""

    count: int
    thresholds: Thresholds
    state: NDArray[np.int64] = field(init=False)
    size: NDArray[np.int64] = field(init=False)
    settled: NDArray[np.int64] = field(init=False)
    loading_us: NDArray[np.int64] = field(init=False)
    before: NDArray[np.int64] = field(init=False)
    history: list[deque[tuple[int, int]]] = field(init=False)
    was_full: NDArray[np.bool_] = field(init=False)
    largest: NDArray[np.int64] = field(init=False)
    by_part: NDArray[np.int64] = field(init=False)
    part: int = 0

    def __post_init__(self) -> None:
        self.state = np.full(self.count, UNKNOWN)
        self.size = np.zeros(self.count, dtype=np.int64)
        self.settled = np.zeros(self.count, dtype=np.int64)
        self.loading_us = np.zeros(self.count, dtype=np.int64)
        self.before = np.zeros(self.count, dtype=np.int64)
        self.history = [deque() for _ in range(self.count)]
        self.was_full = np.zeros(self.count, dtype=bool)
        self.largest = np.zeros(self.count, dtype=np.int64)
        self.by_part = np.zeros((_PARTS, self.count), dtype=np.int64)

    def apply(self, now_us: int, kind: int, session: int, value: int) -> None:
        """One event that is no size."""
        state = int(self.state[session])
        if kind == _GAP:
            if state in (UP, LOADING):
                self.state[session] = STALE
        elif kind == _MARK:
            self._mark(now_us, session, state, value)
        else:
            self._rib(session, state, value)

    def resize(self, now_us: int, sessions: NDArray[np.integer], sizes: NDArray[np.integer]) -> None:
        """New sizes of sessions, of which the last counts."""
        self.size[sessions] = sizes
        for at in np.flatnonzero(self.state[sessions] == LOADING).tolist():
            self.history[sessions[at]].append((now_us, int(sizes[at])))

    def _mark(self, now_us: int, session: int, state: int, mark: int) -> None:
        if mark == MARK_DOWN:
            self.state[session] = DOWN
        elif mark == MARK_ESTABLISHED or (mark == MARK_APPEARED and state in (UNKNOWN, DOWN)):
            self.state[session] = LOADING
            self.loading_us[session] = now_us
            self.before[session] = self.settled[session]
            self.history[session].clear()
        elif mark in (MARK_END_OF_RIB_V4, MARK_END_OF_RIB_V6) and state == LOADING:
            self.state[session] = UP

    def _rib(self, session: int, state: int, entries: int) -> None:
        if entries > 0:
            self.state[session] = UP
        elif entries == 0 and state in (UP, LOADING, STALE):
            self.state[session] = DOWN

    def settle(self, now_us: int) -> None:
        """Sizes of sessions that are up become their settled sizes."""
        up = self.state == UP
        self.settled[up] = self.size[up]
        part = now_us // max(1, self.thresholds.horizon_us // _PARTS)
        if part != self.part:
            over = np.arange(max(self.part, part - _PARTS) + 1, part + 1) % _PARTS
            self.by_part[over] = 0
            self.largest, self.part = self.by_part.max(axis=0), part
        for sizes in (self.by_part[part % _PARTS], self.largest):
            sizes[up] = np.maximum(sizes[up], self.settled[up])

    def reference(self) -> float | None:
        """Median of the sessions' largest settled sizes of the last day, of those that are at least half of the largest
        of all; None without any. Feeds that dwindle together do not take the reference with them."""
        top = int(self.largest.max(initial=0))
        if top <= 0:
            return None
        return float(np.median(self.largest[self.largest >= top * self.thresholds.reference_share]))

    def ebb(self) -> float:
        """The share of their tables that full feeds are left with, where three quarters of them shrank so much that
        they would all cease to vote; else 1. A peer that lost its upstream shrinks alone: what ebbs at nearly all peers
        is what there is to announce, and in a table of few countries one country may be most of it."""
        known = np.flatnonzero((self.state == UP) & self.was_full & (self.largest > 0))
        if len(known) < self.thresholds.fewest_voters:
            return 1.0
        left = np.sort(self.settled[known] / self.largest[known])
        share = float(left[math.ceil(self.thresholds.full_feed_share * len(left)) - 1])
        return share if share < self.thresholds.full_feed_share else 1.0

    def complete_loading(self, now_us: int, reference: float | None) -> None:
        """Tables in transfer that are complete by size."""
        rules = self.thresholds
        for session in np.flatnonzero(self.state == LOADING).tolist():
            size, before = int(self.size[session]), int(self.before[session])
            if before > 0 and size >= rules.loaded_share_of_previous * before:
                self.state[session] = UP
                continue
            since_us = now_us - rules.loaded_growth_us
            if reference is None or since_us < int(self.loading_us[session]):
                continue
            history = self.history[session]
            while len(history) > 1 and history[1][0] <= since_us:
                history.popleft()
            earlier = history[0][1] if history and history[0][0] <= since_us else 0
            grown = size - earlier < rules.loaded_growth_share * max(size, 1)
            if size >= rules.loaded_share_of_reference * reference and grown:
                self.state[session] = UP

    def full_feed(self, reference: float | None) -> NDArray[np.bool_]:
        """Sessions that are up with a table that is large enough; in an ebb, those that were before it."""
        share, ebb = self.thresholds.full_feed_share, self.ebb()
        if ebb < 1:
            left = self.settled >= share * ebb * self.largest
            ebbed: NDArray[np.bool_] = (self.state == UP) & self.was_full & left
            return ebbed
        if reference is None:
            return np.zeros(self.count, dtype=bool)
        large = self.settled >= share * reference
        found: NDArray[np.bool_] = (self.state == UP) & (self.settled > 0) & large
        self.was_full |= found
        return found


def vote(events: SessionEvents, count: int, until_us: int, thresholds: Thresholds) -> tuple[Steps, Steps]:
    """States and full-feed decisions of ``count`` sessions: (state steps, full-feed steps).

    Events of one instant are applied together. While tables are in transfer their sizes are looked at every whole
    ``size_step_us``, until ``until_us`` or until so long after the last event that nothing can change any more.
    """
    replay = _Replay(count, thresholds)
    states: list[tuple[int, int, int]] = []
    feeds: list[tuple[int, int, int]] = []
    shown_state = replay.state.copy()
    shown_feed = np.zeros(count, dtype=bool)
    step = thresholds.size_step_us
    if len(events.time_us):
        until_us = min(until_us, int(events.time_us[-1]) + thresholds.horizon_us + thresholds.loaded_growth_us + step)
    instants = _instants(events)
    following = next(instants, None)
    now_us = 0
    loading = False
    while following is not None or loading:
        if loading and (following is None or (now_us // step + 1) * step < following[0]):
            now_us = (now_us // step + 1) * step
        elif following is not None:
            now_us = following[0]
        if now_us >= until_us:
            break
        if following is not None and following[0] == now_us:
            _, first, sizes, stop = following
            for at in range(first, sizes):
                replay.apply(now_us, int(events.kind[at]), int(events.session[at]), int(events.value[at]))
            replay.resize(now_us, events.session[sizes:stop], events.value[sizes:stop])
            following = next(instants, None)
        if (replay.state == LOADING).any():
            replay.complete_loading(now_us, replay.reference())
        replay.settle(now_us)
        feed = replay.full_feed(replay.reference())
        for session in np.flatnonzero(replay.state != shown_state).tolist():
            states.append((now_us, session, int(replay.state[session])))
        for session in np.flatnonzero(feed != shown_feed).tolist():
            feeds.append((now_us, session, int(feed[session])))
        shown_state, shown_feed = replay.state.copy(), feed
        loading = bool((replay.state == LOADING).any())
    return _steps(states), _steps(feeds)


def _instants(events: SessionEvents) -> Iterator[tuple[int, int, int, int]]:
    """Every instant with where its events begin, where its sizes begin, and where both end."""
    first = np.flatnonzero(np.diff(events.time_us, prepend=-1))
    others = np.cumsum(np.concatenate([[0], events.kind != _SIZE]))
    stop = np.append(first, len(events.time_us))[1:]
    sizes = first + others[stop] - others[first]
    return zip(events.time_us[first].tolist(), first.tolist(), sizes.tolist(), stop.tolist(), strict=True)


def _steps(found: list[tuple[int, int, int]]) -> Steps:
    table = np.array(found, dtype=np.int64).reshape(-1, 3)
    return Steps(table[:, 0], table[:, 1].astype(np.int32), table[:, 2])
