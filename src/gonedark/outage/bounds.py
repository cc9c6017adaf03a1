"""How sure the start and the end of a spell are: the same crossings asked of more and of fewer voters.

Begin with :class:`Crossings`. Design section 3: a start lies between the crossing at three quarters and at one quarter
of the voters, an end between one quarter and three quarters, widened by the resolution of the record's time.
"""

from collections.abc import Callable
from dataclasses import dataclass

from gonedark.model.thresholds import Thresholds
from gonedark.model.time import SECOND_US
from gonedark.outage.levels import Levels
from gonedark.outage.spells import Spell, SpellFinder

EARLY, LATE = 1, 2
"""Positions of the shares of the voters in a piece's ``inside``; 0 is the deciding one."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Earliest and latest moments in microseconds; None where that share of the voters never crossed."""

    start_earliest_us: int | None
    start_latest_us: int | None
    end_earliest_us: int | None
    end_latest_us: int | None


class Crossings:
    """Stretches below full as 75 % and 25 % of the voters see them. ``precise`` asks whether an instant is known to
    the microsecond."""

    def __init__(self, levels: Levels, precise: Callable[[int], bool], rules: Thresholds) -> None:
        self._until_us = levels.until_us
        self._precise = precise
        self._hold_us = rules.hold_us
        self._early = _below_full(levels, EARLY, rules)
        self._late = _below_full(levels, LATE, rules)

    def bounds(self, spell: Spell) -> Bounds:
        """Bounds of one spell's start and end."""
        end_us = spell.until_us(self._until_us)
        start_earliest = self._start_earliest(spell)
        late = [run for run in self._late if self._touches(run, spell.start_us, end_us)]
        start_latest = max(late[0].start_us, spell.start_us) if late else None
        if spell.end_us is None:
            return Bounds(start_earliest, self._widened(start_latest), None, None)
        end_earliest = spell.end_us if not late or late[-1].end_us is None else min(late[-1].end_us, spell.end_us)
        if spell.end_blind is not None:
            end_earliest = spell.end_blind.from_us
        return Bounds(
            start_earliest,
            self._widened(start_latest),
            end_earliest if late or spell.end_blind else None,
            self._widened(self._end_latest(spell.end_us)),
        )

    def _start_earliest(self, spell: Spell) -> int:
        if spell.start_blind is not None:
            return spell.start_blind.from_us
        begins = [run.start_us for run in self._early if run.start_us <= spell.start_us < run.until_us(self._until_us)]
        return min(begins, default=spell.start_us)

    def _end_latest(self, end_us: int) -> int | None:
        """When the most demanding share was back too: the end of the stretch that holds the end, or the end itself."""
        for run in self._early:
            if run.start_us <= end_us <= run.until_us(self._until_us):
                return run.end_us
        return end_us

    def _touches(self, run: Spell, start_us: int, end_us: int) -> bool:
        return run.start_us < end_us and run.until_us(self._until_us) > start_us

    def _widened(self, time_us: int | None) -> int | None:
        """A record dated to the second may be up to a second later than it says."""
        if time_us is None or self._precise(time_us):
            return time_us
        return time_us + SECOND_US


def _below_full(levels: Levels, position: int, rules: Thresholds) -> list[Spell]:
    """Stretches below full at one share of the voters, merged as spells are."""
    finder = SpellFinder(rules.hold_us, rules.merge_us)
    for piece, until_us in levels.spans():
        below = piece.inside[position] < rules.full_share * piece.baseline_addresses - 1e-9
        finder.feed(piece.time_us, until_us, below=piece.blind is None and below, blind=piece.blind is not None)
    return finder.found()
