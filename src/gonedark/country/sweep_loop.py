# cython: language_level=3, boundscheck=True, annotation_typing=False
"""Counts, instant by instant, which voters carry which prefix: compiled where possible.

Begin with :func:`sweep`. The rules are the design's *voters* and *visible*; :mod:`gonedark.country.visibility` prepares
the columns and explains them. Not for addresses.
"""

from typing import Any

import cython
import numpy as np


def sweep(
    time_us: Any,
    session: Any,
    prefix: Any,
    path: Any,
    specials: Any,
    voter_of: Any,
    prefixes: Any,
    asns: Any,
    shares: Any,
    carrier_share: Any,
) -> Any:
    """Replay changes of routes and report every change of visibility.

    ``time_us``, ``session``, ``prefix``, ``path`` are columns in order of time (int64, int32, int32, int32; a path
    below 0: not held). ``specials`` are the other instants, ascending: time, sessions whose routes are gone, pairs of a
    session and whether it votes. ``voter_of`` maps sessions to voters, -1 for those that are left out. Returns (flips,
    electorate): flips as columns time, share index, prefix, visible; electorate as columns time, voters.
    """
    columns = (time_us, session, prefix, path)
    state = _State(np.asarray(voter_of, dtype=np.int32), prefixes, asns, shares, carrier_share)
    flips: list[Any] = []
    electorate = []
    at = 0
    for now_us, resets, feeds in specials:
        begin, end = (int(row) for row in np.searchsorted(time_us, (now_us, now_us + 1)))
        flips += state.run(columns, at, begin)
        voters = state.voters
        flips += state.apply(now_us, resets, columns, begin, end, feeds)
        if state.voters != voters:
            electorate.append((now_us, state.voters))
        at = end
    flips += state.run(columns, at, len(time_us))
    empty = (np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.uint8))
    found = tuple(np.concatenate(parts) for parts in zip(*flips, strict=True)) if flips else empty
    return found, np.array(electorate, dtype=np.int64).reshape(-1, 2)


class _State:
    """Who holds, ever held and carries what. Rows are chosen sessions or voters, columns prefixes."""

    def __init__(self, voter_of: Any, prefixes: Any, asns: Any, shares: Any, carrier_share: Any) -> None:
        chosen = voter_of >= 0
        self.place = np.where(chosen, np.cumsum(chosen) - 1, -1).astype(np.int32)
        self.asn_of = voter_of[chosen]
        sessions = len(self.asn_of)
        self.holds = np.zeros((sessions, prefixes), dtype=np.uint8)
        self.ever = np.zeros((sessions, prefixes), dtype=np.uint8)
        self.votes = np.zeros(sessions, dtype=np.uint8)
        self.feeds = np.zeros(asns, dtype=np.int32)
        self.holding = np.zeros((asns, prefixes), dtype=np.int32)
        self.holding_ever = np.zeros((asns, prefixes), dtype=np.int32)
        self.carriers = np.zeros(prefixes, dtype=np.int32)
        self.carriers_ever = np.zeros(prefixes, dtype=np.int32)
        self.visible = np.zeros((len(shares), prefixes), dtype=np.uint8)
        self.dirty = np.zeros(prefixes, dtype=np.uint8)
        self.queue = np.zeros(prefixes, dtype=np.int32)
        self.queued = 0
        self.shares = np.asarray(shares, dtype=np.float64)
        self.carrier_share = carrier_share
        self.voters = 0
        room = prefixes * len(shares) + (1 << 12)
        self.out_time = np.empty(room, dtype=np.int64)
        self.out_share = np.empty(room, dtype=np.int32)
        self.out_prefix = np.empty(room, dtype=np.int32)
        self.out_visible = np.empty(room, dtype=np.uint8)

    def apply(self, now_us: Any, resets: Any, columns: Any, start: Any, stop: Any, feeds: Any) -> Any:
        """One instant: resets first, then the routes of rows [start, stop), then votes. Returns flips, if any."""
        for session in resets:
            if self.place[session] >= 0:
                self._reset(self.place[session])
        _, session, prefix, path = columns
        self.queued = _routes(
            session,
            prefix,
            path,
            start,
            stop,
            self.place,
            self.holds,
            self.ever,
            self.votes,
            self.asn_of,
            self.feeds,
            self.holding,
            self.holding_ever,
            self.carriers,
            self.carriers_ever,
            self.dirty,
            self.queue,
            self.queued,
            self.carrier_share,
        )
        for session, votes in feeds:
            if self.place[session] >= 0:
                self._feed(self.place[session], votes)
        count = self._evaluate()
        self.out_time[:count] = now_us
        return self._flips(count)

    def run(self, columns: Any, at: Any, stop: Any) -> Any:
        """Apply and evaluate the instants of rows [at, stop), which are of routes alone. Returns flips."""
        flips = []
        while at < stop:
            at, count = _run(
                *columns,
                at,
                stop,
                self.place,
                self.holds,
                self.ever,
                self.votes,
                self.asn_of,
                self.feeds,
                self.holding,
                self.holding_ever,
                self.carriers,
                self.carriers_ever,
                self.dirty,
                self.queue,
                self.carrier_share,
                self.shares,
                self.visible,
                self.voters,
                self.out_time,
                self.out_share,
                self.out_prefix,
                self.out_visible,
            )
            flips += self._flips(count)
        return flips

    def _flips(self, count: Any) -> Any:
        """What stands in the columns, as a list of one or none."""
        columns = (self.out_time, self.out_share, self.out_prefix, self.out_visible)
        return [tuple(column[:count].copy() for column in columns)] if count else []

    def _reset(self, session: Any) -> None:
        """A session without routes: whoever resets is not voting any more, so nothing is counted."""
        if self.votes[session]:
            self._feed(session, 0)
        self.holds[session, :] = 0

    def _feed(self, session: Any, votes: Any) -> None:
        """A session begins or ceases to vote; every prefix may change with the number of voters."""
        if self.votes[session] == votes:
            return
        asn = self.asn_of[session]
        self.votes[session] = votes
        step = 1 if votes else -1
        self._count(asn, -1)
        self.feeds[asn] += step
        self.holding[asn] += step * self.holds[session].astype(np.int32)
        self.holding_ever[asn] += step * self.ever[session].astype(np.int32)
        self._count(asn, 1)
        self.voters = int(np.count_nonzero(self.feeds))
        self.dirty[:] = 1
        self.queue = np.arange(len(self.queue), dtype=np.int32)
        self.queued = len(self.queue)

    def _count(self, asn: Any, step: Any) -> None:
        """Add or take away what one voter contributes to the carriers."""
        needed = max(1e-9, self.carrier_share * self.feeds[asn])
        if self.feeds[asn]:
            self.carriers += step * (self.holding[asn] >= needed).astype(np.int32)
            self.carriers_ever += step * (self.holding_ever[asn] >= needed).astype(np.int32)

    def _evaluate(self) -> Any:
        """Changes of visibility among the prefixes touched, into the columns; returns how many."""
        count = _evaluate(
            self.queue,
            self.queued,
            self.shares,
            self.carriers,
            self.carriers_ever,
            self.visible,
            self.dirty,
            self.voters,
            self.out_share,
            self.out_prefix,
            self.out_visible,
            0,
        )
        self.queued = 0
        return count


@cython.ccall
@cython.wraparound(False)
@cython.locals(
    time_us=cython.longlong[::1],
    session=cython.int[::1],
    prefix=cython.int[::1],
    path=cython.int[::1],
    at=cython.Py_ssize_t,
    end=cython.Py_ssize_t,
    place=cython.int[::1],
    holds=cython.uchar[:, ::1],
    ever=cython.uchar[:, ::1],
    votes=cython.uchar[::1],
    asn_of=cython.int[::1],
    feeds=cython.int[::1],
    holding=cython.int[:, ::1],
    holding_ever=cython.int[:, ::1],
    carriers=cython.int[::1],
    carriers_ever=cython.int[::1],
    dirty=cython.uchar[::1],
    queue=cython.int[::1],
    carrier_share=cython.double,
    shares=cython.double[::1],
    visible=cython.uchar[:, ::1],
    voters=cython.int,
    out_time=cython.longlong[::1],
    out_share=cython.int[::1],
    out_prefix=cython.int[::1],
    out_visible=cython.uchar[::1],
    count=cython.Py_ssize_t,
    known=cython.Py_ssize_t,
    queued=cython.Py_ssize_t,
    stop=cython.Py_ssize_t,
    row=cython.Py_ssize_t,
    now=cython.longlong,
)
def _run(
    time_us: Any, session: Any, prefix: Any, path: Any, at: Any, end: Any, place: Any, holds: Any, ever: Any,
    votes: Any, asn_of: Any, feeds: Any, holding: Any, holding_ever: Any, carriers: Any, carriers_ever: Any,
    dirty: Any, queue: Any, carrier_share: Any, shares: Any, visible: Any, voters: Any, out_time: Any, out_share: Any,
    out_prefix: Any, out_visible: Any,
) -> Any:  # fmt: skip
    count = 0
    with cython.nogil:
        while at < end:
            now = time_us[at]
            stop = at + 1
            while stop < end and time_us[stop] == now:
                stop += 1
            queued = _routes(
                session, prefix, path, at, stop, place, holds, ever, votes, asn_of, feeds, holding, holding_ever,
                carriers, carriers_ever, dirty, queue, 0, carrier_share,
            )  # fmt: skip
            known = count
            count = _evaluate(
                queue, queued, shares, carriers, carriers_ever, visible, dirty, voters, out_share, out_prefix,
                out_visible, count,
            )  # fmt: skip
            for row in range(known, count):
                out_time[row] = now
            at = stop
            # Another instant may flip every prefix at every share.
            if count and count + queue.shape[0] * shares.shape[0] > out_time.shape[0]:
                break
    return at, count


@cython.cfunc
@cython.wraparound(False)
@cython.exceptval(-1, check=False)
@cython.nogil
@cython.returns(cython.Py_ssize_t)
@cython.locals(
    session=cython.int[::1],
    prefix=cython.int[::1],
    path=cython.int[::1],
    start=cython.Py_ssize_t,
    stop=cython.Py_ssize_t,
    place=cython.int[::1],
    holds=cython.uchar[:, ::1],
    ever=cython.uchar[:, ::1],
    votes=cython.uchar[::1],
    asn_of=cython.int[::1],
    feeds=cython.int[::1],
    holding=cython.int[:, ::1],
    holding_ever=cython.int[:, ::1],
    carriers=cython.int[::1],
    carriers_ever=cython.int[::1],
    dirty=cython.uchar[::1],
    queue=cython.int[::1],
    queued=cython.Py_ssize_t,
    carrier_share=cython.double,
    row=cython.Py_ssize_t,
    who=cython.Py_ssize_t,
    what=cython.Py_ssize_t,
    asn=cython.Py_ssize_t,
    needed=cython.double,
    held=cython.uchar,
    old=cython.int,
    step=cython.int,
)
def _routes(
    session: Any, prefix: Any, path: Any, start: Any, stop: Any, place: Any, holds: Any, ever: Any, votes: Any,
    asn_of: Any, feeds: Any, holding: Any, holding_ever: Any, carriers: Any, carriers_ever: Any, dirty: Any,
    queue: Any, queued: Any, carrier_share: Any,
) -> Any:  # fmt: skip
    for row in range(start, stop):
        who = place[session[row]]
        if who < 0:
            continue
        what = prefix[row]
        held = path[row] >= 0
        if holds[who, what] == held:
            continue
        holds[who, what] = held
        asn = asn_of[who]
        if votes[who]:
            needed = carrier_share * feeds[asn]
            step = 1 if held else -1
            old = holding[asn, what]
            holding[asn, what] = old + step
            if (old >= needed) != (old + step >= needed):
                carriers[what] += step
            if held and not ever[who, what]:
                old = holding_ever[asn, what]
                holding_ever[asn, what] = old + 1
                if (old >= needed) != (old + 1 >= needed):
                    carriers_ever[what] += 1
            if not dirty[what]:
                dirty[what] = 1
                queue[queued] = what
                queued += 1
        if held:
            ever[who, what] = 1
    return queued


@cython.cfunc
@cython.wraparound(False)
@cython.exceptval(-1, check=False)
@cython.nogil
@cython.returns(cython.Py_ssize_t)
@cython.locals(
    touched=cython.int[::1],
    queued=cython.Py_ssize_t,
    shares=cython.double[::1],
    carriers=cython.int[::1],
    carriers_ever=cython.int[::1],
    visible=cython.uchar[:, ::1],
    dirty=cython.uchar[::1],
    voters=cython.int,
    out_share=cython.int[::1],
    out_prefix=cython.int[::1],
    out_visible=cython.uchar[::1],
    row=cython.Py_ssize_t,
    share=cython.Py_ssize_t,
    what=cython.Py_ssize_t,
    count=cython.Py_ssize_t,
    needed=cython.double,
    have=cython.int,
    could=cython.int,
    now=cython.uchar,
)
def _evaluate(
    touched: Any,
    queued: Any,
    shares: Any,
    carriers: Any,
    carriers_ever: Any,
    visible: Any,
    dirty: Any,
    voters: Any,
    out_share: Any,
    out_prefix: Any,
    out_visible: Any,
    count: Any,
) -> Any:
    for row in range(queued):
        what = touched[row]
        dirty[what] = 0
        if voters == 0:
            continue
        have = carriers[what]
        could = carriers_ever[what]
        for share in range(shares.shape[0]):
            needed = shares[share] * voters
            now = visible[share, what]
            if have >= needed:
                now = 1
            elif could >= needed or have < shares[share] * could:
                # A fall needs withdrawals: without them the prefix would still be carried by enough voters, or
                # it was given up by too many of those who had carried it.
                now = 0
            if now != visible[share, what]:
                visible[share, what] = now
                out_share[count] = share
                out_prefix[count] = what
                out_visible[count] = now
                count += 1
    return count
