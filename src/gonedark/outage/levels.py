"""The series of one family with its yardstick: readings, baseline, blindness, swings and spells, in one pass.

Begin with :func:`judge`. The pass is causal: at any moment it has used nothing later than the hold times, so the same
code can follow a live feed. The baseline is renewed at whole hours (at whole minutes within the first hour of data)
while the country is full and calm, and stands still from a swing until six hours later, and while a spell is open.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonedark.country.space import NationalSpace
from gonedark.country.visibility import Visibility
from gonedark.model.thresholds import Thresholds
from gonedark.model.time import MINUTE_US, TimeSpan, format_time
from gonedark.outage.calm import Calm
from gonedark.outage.spells import Spell, SpellFinder
from gonedark.outage.swings import Swing, SwingFinder

BLIND_NO_TABLE = "no complete table"
BLIND_FEW_OF_EXPECTED = "fewer than half of the expected voters"
BLIND_FEW_VOTERS = "too few voters to tell a loss"
BLIND_GLIMPSE = "less than usual was seen for a moment, and nobody watched before and after"
BLIND_RETURN = "as much as usual was seen for a moment of an outage, and nobody watched before and after"
BLIND_NOTHING = "nothing announced when the data begin"

_TINY = 1e-9


def no_table(since_us: int | None) -> str:
    """Why nobody votes: nobody has yet, or nobody does any more since a moment."""
    if since_us is None:
        return BLIND_NO_TABLE
    return f"{BLIND_NO_TABLE} since {format_time(since_us)}: updates are missing, or sessions down"


@dataclass(frozen=True, slots=True)
class Piece:
    """From ``time_us`` on, until the next piece, this holds. ``inside`` are the addresses that count, at most A0,
    at each share, ``stood_in`` those of them that are none of the baseline's, ``baseline_addresses`` is A0; ``blind``
    names why nobody can tell, or is None."""

    time_us: int
    prefixes: int
    addresses: int
    inside: tuple[int, ...]
    stood_in: int
    baseline_addresses: int
    voters: int
    expected: int
    blind: str | None

    @property
    def share(self) -> float:
        """a / A0."""
        return self.inside[0] / self.baseline_addresses if self.baseline_addresses else 0.0


@dataclass(frozen=True, eq=False, slots=True)
class Baselines:
    """Every baseline that was in force: from ``time_us[i]`` on the prefixes ``chosen[i]`` (bool mask)."""

    time_us: tuple[int, ...]
    chosen: tuple[NDArray[np.bool_], ...]
    addresses: tuple[int, ...]

    def at(self, time_us: int) -> tuple[NDArray[np.bool_], int] | None:
        """The baseline in force at a moment and its addresses, or None before the first."""
        index = int(np.searchsorted(np.array(self.time_us, dtype=np.int64), time_us, side="right")) - 1
        return (self.chosen[index], self.addresses[index]) if index >= 0 else None


@dataclass(frozen=True, eq=False, slots=True)
class Levels:
    """What one family did: pieces in order of time, baselines, swings and spells below full and of being gone."""

    pieces: tuple[Piece, ...]
    until_us: int
    baselines: Baselines
    swings: tuple[Swing, ...]
    spells: tuple[Spell, ...]
    dark: tuple[Spell, ...]

    def is_gone(self, piece: Piece, rules: Thresholds) -> bool:
        """So little was visible that the country counts as gone."""
        baseline = self.baselines.at(piece.time_us)
        return baseline is not None and is_gone(piece.inside[0], *baseline, rules)

    def spans(self) -> Iterator[tuple[Piece, int]]:
        """Pieces with their ends."""
        for at, piece in enumerate(self.pieces):
            yield piece, self._end_of(at)

    def backwards(self) -> Iterator[tuple[Piece, int]]:
        """Pieces with their ends, the last first."""
        for at in range(len(self.pieces) - 1, -1, -1):
            yield self.pieces[at], self._end_of(at)

    def within(self, span: TimeSpan) -> Iterator[tuple[Piece, TimeSpan]]:
        """Pieces that hold at some time of the span, with the part of it in which they do."""
        at = max(0, bisect_right(self.pieces, span.from_us, key=lambda piece: piece.time_us) - 1)
        while at < len(self.pieces) and self.pieces[at].time_us < span.until_us:
            part = TimeSpan(self.pieces[at].time_us, self._end_of(at)).overlap(span)
            if part is not None:
                yield self.pieces[at], part
            at += 1

    def _end_of(self, at: int) -> int:
        return self.pieces[at + 1].time_us if at + 1 < len(self.pieces) else self.until_us


def is_gone(inside: int, baseline: NDArray[np.bool_], addresses: int, rules: Thresholds) -> bool:
    """So few of the baseline's addresses are left; of few prefixes, none."""
    if np.count_nonzero(baseline) < rules.count_prefixes:
        return inside == 0
    return inside <= rules.gone_share * addresses + _TINY


class _Judge:
    """The pass over one family. See :func:`judge`."""

    def __init__(self, space: NationalSpace, visibility: Visibility, rules: Thresholds) -> None:
        self.space = space
        self.rules = rules
        self.pieces: list[Piece] = []
        self.baselines: list[tuple[int, NDArray[np.bool_], int]] = []
        self.swings = SwingFinder(rules.swing_share, rules.hold_us)
        self.spells = SpellFinder(rules.hold_us, rules.merge_us)
        self.dark = SpellFinder(rules.hold_us, rules.hold_us)
        self.calm = Calm(rules.horizon_us, *space.runs)
        self.electorate = _Electorate(visibility)
        self._was_blind = True
        self._heard_us: int | None = None
        self._moved_us = 0
        self._level: tuple[object, ...] | None = None

    def run(self, until_us: int) -> None:
        """Walk over every instant and every renewal of the baseline before ``until_us``."""
        now_us = self._next(None, until_us)
        while now_us is not None:
            if now_us in (self.space.next_us(), self.electorate.next_us()):
                self._moved_us = now_us
            if self.space.next_us() == now_us:
                self.calm.change(self.space.advance(), self.space.visible)
            self.electorate.advance(now_us)
            self._renew(now_us)
            following = self._next(now_us, until_us)
            self._note(now_us, until_us if following is None else following)
            now_us = following

    def _next(self, now_us: int | None, until_us: int) -> int | None:
        """The next moment at which anything may change."""
        moves = [self.space.next_us(), self.electorate.next_us()]
        times = [time for time in moves if time is not None]
        if now_us is not None and (times or now_us <= self._still_us()):
            renewal_us = self._next_renewal(now_us)
            times += [] if renewal_us is None else [renewal_us]
        times = [time for time in times if time < until_us]
        return min(times, default=None)

    def _still_us(self) -> int:
        """From then on a renewal finds what the one before it found, unless something moves."""
        return self._moved_us + self.rules.horizon_us + self.rules.unstable_us + self.rules.baseline_step_us

    def _next_renewal(self, now_us: int) -> int | None:
        if not self.baselines:
            return None
        young = now_us - self.baselines[0][0] < self.rules.baseline_step_us
        step = MINUTE_US if young else self.rules.baseline_step_us
        return (now_us // step + 1) * step

    def _renew(self, now_us: int) -> None:
        """Take the first baseline as soon as there is anything, later ones at their times and only in calm."""
        if not self.baselines:
            if self.electorate.voters and not self._few_of_expected() and self.space.visible.any():
                self._take(now_us, self.space.visible.copy())
            return
        if now_us % (MINUTE_US if self._young(now_us) else self.rules.baseline_step_us):
            return
        chosen = self.calm.usual(now_us, self.rules.baseline_share)
        if chosen is None or self._blind() is not None or self._unsettled(now_us):
            return
        if chosen.any() and not np.array_equal(chosen, self.baselines[-1][1]) and not self._eroded(now_us, chosen):
            self._take(now_us, chosen)

    def _eroded(self, now_us: int, chosen: NDArray[np.bool_]) -> bool:
        """With this yardstick more than a tenth would be gone within the last day without ever having been missed."""
        since = bisect_right(self.baselines, now_us - self.rules.horizon_us, key=lambda taken: taken[0]) - 1
        largest = max(addresses for _, _, addresses in self.baselines[max(0, since) :])
        return self.space.addresses_of(chosen) < self.rules.full_share * largest - _TINY

    def _young(self, now_us: int) -> bool:
        return now_us - self.baselines[0][0] <= self.rules.baseline_step_us

    def _unsettled(self, now_us: int) -> bool:
        """A swing within the last hours, a spell open or in the making: the yardstick must stand still."""
        recent = bool(self.swings.swings) and now_us - self.swings.swings[-1].time_us < self.rules.unstable_us
        return recent or self.spells.pending or not self._full()

    def _take(self, now_us: int, chosen: NDArray[np.bool_]) -> None:
        self.baselines.append((now_us, chosen, self.space.measure_against(chosen)))
        self.swings.restart()

    def _full(self) -> bool:
        inside = self.space.inside[0]
        return bool(self.baselines) and inside >= self.rules.full_share * self.baselines[-1][2] - _TINY

    def _gone(self) -> bool:
        _, chosen, addresses = self.baselines[-1]
        return is_gone(self.space.inside[0], chosen, addresses, self.rules)

    def _few_of_expected(self) -> bool:
        return self.electorate.voters < self.rules.expected_share * self.electorate.expected

    def _blind(self) -> str | None:
        """Why nobody can tell just now, or None."""
        if not self.electorate.voters:
            return no_table(self._heard_us)
        if self._few_of_expected():
            return BLIND_FEW_OF_EXPECTED
        if not self.baselines:
            return BLIND_NOTHING
        if self.electorate.voters < self.rules.fewest_voters and not self._full():
            return BLIND_FEW_VOTERS
        return None

    def _note(self, now_us: int, until_us: int) -> None:
        """Write the piece [now, until) and let the finders see it."""
        reading, blind = self.space.reading(now_us), self._blind()
        self._heard_us = until_us if self.electorate.voters else self._heard_us
        addresses = self.baselines[-1][2] if self.baselines else 0
        voters, expected = self.electorate.voters, self.electorate.expected
        stood_in = reading.inside[0] - reading.kept
        level = (reading.prefixes, reading.addresses, reading.inside, stood_in, addresses, voters, expected, blind)
        if level != self._level:
            self.pieces.append(Piece(now_us, *level))
            self._level = level
        piece = self.pieces[-1]
        seeing = blind is None
        if seeing and self._was_blind:
            self.swings.restart()
        self._was_blind = not seeing
        if seeing:
            self.swings.feed(now_us, until_us, piece.share)
        self.spells.feed(now_us, until_us, below=seeing and not self._full(), blind=not seeing)
        self.dark.feed(now_us, until_us, below=seeing and self._gone(), blind=not seeing)
        if seeing and not self._unsettled(now_us):
            self.calm.clock_us += until_us - now_us


class _Electorate:
    """Voters and expected voters as time goes on."""

    def __init__(self, visibility: Visibility) -> None:
        self._voters = [(int(time), int(count)) for time, count in visibility.voters]
        self._expected = [(int(time), int(count)) for time, count in visibility.expected]
        self._at = [0, 0]
        self.voters = 0
        self.expected = 0

    def next_us(self) -> int | None:
        """When either changes next."""
        both = zip((self._voters, self._expected), self._at, strict=True)
        return min((steps[at][0] for steps, at in both if at < len(steps)), default=None)

    def advance(self, now_us: int) -> None:
        """Take all steps up to and including now."""
        while self._at[0] < len(self._voters) and self._voters[self._at[0]][0] <= now_us:
            self.voters = self._voters[self._at[0]][1]
            self._at[0] += 1
        while self._at[1] < len(self._expected) and self._expected[self._at[1]][0] <= now_us:
            self.expected = self._expected[self._at[1]][1]
            self._at[1] += 1


def judge(space: NationalSpace, visibility: Visibility, until_us: int, rules: Thresholds) -> Levels:
    """Walk through the data of one family up to ``until_us`` and judge every moment."""
    walk = _Judge(space, visibility, rules)
    walk.run(until_us)
    times, chosen, addresses = zip(*walk.baselines, strict=True) if walk.baselines else ((), (), ())
    return Levels(
        pieces=tuple(walk.pieces),
        until_us=until_us,
        baselines=Baselines(times, chosen, addresses),
        swings=tuple(walk.swings.swings),
        spells=tuple(walk.spells.found()),
        dark=tuple(walk.dark.found()),
    )


def blind_spans(levels: Levels, window: TimeSpan) -> list[tuple[TimeSpan, str]]:
    """The blind parts of the window with their reasons, including what lies before the first record."""
    found: list[tuple[TimeSpan, str]] = []
    first_us = levels.pieces[0].time_us if levels.pieces else window.until_us
    if first_us > window.from_us:
        found.append((TimeSpan(window.from_us, min(first_us, window.until_us)), BLIND_NO_TABLE))
    found += [(part, piece.blind) for piece, part in levels.within(window) if piece.blind is not None]
    return found
