# cython: wraparound=False, initializedcheck=False, cdivision=True
"""Counts, instant by instant, which voters carry which prefix: compiled where possible.

Begin with :func:`sweep`; the counts themselves are :class:`Counts`. The rules are the design's *voters* and *visible*;
:mod:`gonedark.country.visibility` prepares the columns and explains them. Not for addresses.
"""

from collections import deque
from itertools import chain
from typing import Any

import cython
import numpy as np

_NEVER, _NOBODY = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int32)


def sweep(
    changes: Any,
    specials: Any,
    voter_of: Any,
    prefixes: Any,
    asns: Any,
    shares: Any,
    carrier_share: Any,
) -> Any:
    """Replay changes of routes and report every change of visibility.

    ``changes`` come in stretches that end between instants, each with the columns time, session, prefix, path (int64,
    int32, int32, int32; a path below 0: not held). ``specials`` are the other instants, ascending: time, sessions
    whose routes are gone, pairs of a session and whether it votes. ``voter_of`` maps sessions to voters, -1 for those
    that are left out. Returns (flips, electorate): flips as columns time, share index, prefix, visible; electorate as
    columns time, voters.
    """
    counts = Counts(np.asarray(voter_of, dtype=np.int32), prefixes, asns, np.asarray(shares, np.float64), carrier_share)
    flips: list[Any] = []
    electorate = []
    ahead = deque(specials)
    # What happens after the last change is left to a stretch without any.
    for time_us, session, prefix, path in chain(changes, [(_NEVER, _NOBODY, _NOBODY, _NOBODY)]):
        counts.read(time_us, session, prefix, path)
        at = 0
        while ahead and (not len(time_us) or ahead[0][0] <= time_us[-1]):
            now_us, resets, feeds = ahead.popleft()
            begin, end = (int(row) for row in np.searchsorted(time_us, (now_us, now_us + 1)))
            flips += counts.run(at, begin)
            voters = counts.voters
            flips += counts.apply(now_us, resets, begin, end, feeds)
            if counts.voters != voters:
                electorate.append((now_us, counts.voters))
            at = end
        flips += counts.run(at, len(time_us))
    empty = (np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.uint8))
    found = tuple(np.concatenate(parts) for parts in zip(*flips, strict=True)) if flips else empty
    return found, np.array(electorate, dtype=np.int64).reshape(-1, 2)


def _zeros(kind: Any, *shape: int) -> Any:
    """Memory that gives plain Python numbers where the loops run uncompiled."""
    return np.zeros(shape, dtype=kind).data


@cython.final
@cython.cclass
class Counts:
    """Who holds, ever held and carries what, and the flips of visibility that follow.

    Rows of ``holds`` and ``ever`` are the chosen sessions, of ``holding`` and ``holding_ever`` the voters, of
    ``visible`` the shares asked for; columns are prefixes. ``queue`` are the prefixes touched in an instant, each
    marked as ``dirty``. Flips are written to ``out_...`` and handed out in pieces.
    """

    time_us: cython.const[cython.longlong][::1]
    session: cython.const[cython.int][::1]
    prefix: cython.const[cython.int][::1]
    path: cython.const[cython.int][::1]
    place: cython.int[::1]
    asn_of: cython.int[::1]
    votes: cython.uchar[::1]
    holds: cython.uchar[:, ::1]
    ever: cython.uchar[:, ::1]
    feeds: cython.int[::1]
    holding: cython.int[:, ::1]
    holding_ever: cython.int[:, ::1]
    carriers: cython.int[::1]
    carriers_ever: cython.int[::1]
    shares: cython.double[::1]
    visible: cython.uchar[:, ::1]
    dirty: cython.uchar[::1]
    queue: cython.int[::1]
    queued: cython.Py_ssize_t
    prefixes: cython.Py_ssize_t
    carrier_share: cython.double
    voters = cython.declare(cython.int, visibility="public")
    columns = cython.declare(object, visibility="public")
    out_time: cython.longlong[::1]
    out_share: cython.int[::1]
    out_prefix: cython.int[::1]
    out_visible: cython.uchar[::1]

    def __init__(self, voter_of: Any, prefixes: int, asns: int, shares: Any, carrier_share: float) -> None:
        chosen = voter_of >= 0
        sessions = int(np.count_nonzero(chosen))
        self.place = np.where(chosen, np.cumsum(chosen) - 1, -1).astype(np.int32).data
        self.asn_of, self.votes = voter_of[chosen].data, _zeros(np.uint8, sessions)
        self.feeds = _zeros(np.int32, asns)
        self.holds, self.ever = _zeros(np.uint8, sessions, prefixes), _zeros(np.uint8, sessions, prefixes)
        self.holding, self.holding_ever = _zeros(np.int32, asns, prefixes), _zeros(np.int32, asns, prefixes)
        self.carriers, self.carriers_ever = _zeros(np.int32, prefixes), _zeros(np.int32, prefixes)
        self.shares, self.visible = shares.data, _zeros(np.uint8, len(shares), prefixes)
        self.dirty, self.queue, self.queued = _zeros(np.uint8, prefixes), _zeros(np.int32, prefixes), 0
        self.prefixes = prefixes
        self.carrier_share = carrier_share
        self.voters = 0
        room = prefixes * len(shares) + (1 << 12)
        self.columns = tuple(np.empty(room, dtype=kind) for kind in (np.int64, np.int32, np.int32, np.uint8))
        self.out_time, self.out_share, self.out_prefix, self.out_visible = (column.data for column in self.columns)

    def read(self, time_us: Any, session: Any, prefix: Any, path: Any) -> None:
        """The changes to be replayed next, as :func:`sweep` has them."""
        self.time_us, self.session = time_us.data, session.data
        self.prefix, self.path = prefix.data, path.data

    def apply(self, now_us: int, resets: Any, start: int, stop: int, feeds: Any) -> list[Any]:
        """One instant: resets first, then the routes of rows [start, stop), then votes. Returns flips, if any."""
        self.queued = 0
        for session in resets:
            if self.place[session] >= 0:
                self._reset(self.place[session])
        self._routes(start, stop)
        for session, votes in feeds:
            if self.place[session] >= 0:
                self._feed(self.place[session], votes)
        return self._flips(self._evaluate(now_us, 0))

    def run(self, start: int, stop: int) -> list[Any]:
        """Apply and evaluate the instants of rows [start, stop), which are of routes alone. Returns flips."""
        flips: list[Any] = []
        at: cython.Py_ssize_t = start
        end: cython.Py_ssize_t = stop
        room: cython.Py_ssize_t = len(self.columns[0]) - self.prefixes * len(self.shares)
        next_at: cython.Py_ssize_t
        count: cython.Py_ssize_t
        while at < end:
            count = 0
            with cython.nogil:
                # Another instant may flip every prefix at every share.
                while at < end and count <= room:
                    next_at = at + 1
                    while next_at < end and self.time_us[next_at] == self.time_us[at]:
                        next_at += 1
                    self.queued = 0
                    self._routes(at, next_at)
                    count = self._evaluate(self.time_us[at], count)
                    at = next_at
            flips += self._flips(count)
        return flips

    def _flips(self, count: int) -> list[Any]:
        """What stands in the columns, as a list of one or none."""
        return [tuple(column[:count].copy() for column in self.columns)] if count else []

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _carries(self, held: cython.int, feeds: cython.int) -> cython.int:
        """Whether a voter carries a prefix that so many of its voting sessions hold."""
        return 1 if held > 0 and held >= self.carrier_share * feeds else 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _reset(self, who: cython.Py_ssize_t) -> cython.int:
        """A session without routes: whoever resets is not voting any more, so nothing is counted."""
        what: cython.Py_ssize_t
        self._feed(who, 0)
        for what in range(self.prefixes):
            self.holds[who, what] = 0
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _feed(self, who: cython.Py_ssize_t, votes: cython.int) -> cython.int:
        """A session begins or ceases to vote; every prefix may change with the number of voters."""
        asn: cython.Py_ssize_t = self.asn_of[who]
        step: cython.int = votes - self.votes[who]
        before: cython.int = self.feeds[asn]
        what: cython.Py_ssize_t
        old: cython.int
        if step == 0:
            return 0
        self.votes[who] = votes
        self.feeds[asn] = before + step
        self.voters += (before + step > 0) - (before > 0)
        for what in range(self.prefixes):
            old = self.holding[asn, what]
            self.holding[asn, what] = old + step * self.holds[who, what]
            self.carriers[what] += self._carries(self.holding[asn, what], before + step) - self._carries(old, before)
            old = self.holding_ever[asn, what]
            self.holding_ever[asn, what] = old + step * self.ever[who, what]
            self.carriers_ever[what] += self._carries(self.holding_ever[asn, what], before + step)
            self.carriers_ever[what] -= self._carries(old, before)
            self.dirty[what] = 1
            self.queue[what] = what
        self.queued = self.prefixes
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _routes(self, start: cython.Py_ssize_t, stop: cython.Py_ssize_t) -> cython.int:
        """Changes of routes; what they touch is queued."""
        row: cython.Py_ssize_t
        who: cython.Py_ssize_t
        what: cython.Py_ssize_t
        held: cython.uchar
        for row in range(start, stop):
            who = self.place[self.session[row]]
            if who < 0:
                continue
            what = self.prefix[row]
            held = 1 if self.path[row] >= 0 else 0
            if self.holds[who, what] != held:
                self.holds[who, what] = held
                if self.votes[who]:
                    self._change(self.asn_of[who], what, held, held and not self.ever[who, what])
            if held:
                self.ever[who, what] = 1
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _change(
        self, asn: cython.Py_ssize_t, what: cython.Py_ssize_t, held: cython.int, is_first: cython.int
    ) -> cython.int:
        """One more of a voter's sessions holds a prefix, for the first time maybe, or one less."""
        feeds: cython.int = self.feeds[asn]
        old: cython.int = self.holding[asn, what]
        new: cython.int = old + (1 if held else -1)
        self.holding[asn, what] = new
        self.carriers[what] += self._carries(new, feeds) - self._carries(old, feeds)
        if is_first:
            old = self.holding_ever[asn, what]
            self.holding_ever[asn, what] = old + 1
            self.carriers_ever[what] += self._carries(old + 1, feeds) - self._carries(old, feeds)
        if not self.dirty[what]:
            self.dirty[what] = 1
            self.queue[self.queued] = what
            self.queued += 1
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _evaluate(self, now_us: cython.longlong, count: cython.Py_ssize_t) -> cython.Py_ssize_t:
        """Changes of visibility among the prefixes queued, behind the first ``count`` flips; how many there are now."""
        row: cython.Py_ssize_t
        what: cython.Py_ssize_t
        share: cython.Py_ssize_t
        now: cython.uchar
        shares: cython.Py_ssize_t = self.visible.shape[0]
        for row in range(self.queued):
            what = self.queue[row]
            self.dirty[what] = 0
            for share in range(shares if self.voters else 0):
                now = self._is_visible(what, share)
                if now != self.visible[share, what]:
                    self.visible[share, what] = now
                    self.out_time[count] = now_us
                    self.out_share[count] = share
                    self.out_prefix[count] = what
                    self.out_visible[count] = now
                    count += 1
        return count

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(2, check=False)
    def _is_visible(self, what: cython.Py_ssize_t, share: cython.Py_ssize_t) -> cython.uchar:
        """Whether so large a share of the voters carries the prefix, or it has not been taken from them."""
        needed: cython.double = self.shares[share] * self.voters
        have: cython.int = self.carriers[what]
        could: cython.int = self.carriers_ever[what]
        if have >= needed:
            return 1
        if could >= needed or have < self.shares[share] * could:
            # A fall needs withdrawals: without them the prefix would still be carried by enough voters, or it was
            # given up by too many of those who had carried it.
            return 0
        return self.visible[share, what]
