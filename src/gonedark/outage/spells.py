"""Spells: stretches below a level, with what is too short left out and what is too near merged.

Begin with :class:`SpellFinder`, fed piece by piece like :class:`~gonedark.outage.swings.SwingFinder`. Nothing starts or
ends inside blindness: a spell found open after it began at its end, one found over ended at its end.
"""

from dataclasses import dataclass

from gonedark.model.time import TimeSpan


@dataclass(frozen=True, slots=True)
class Spell:
    """A stretch below the level. ``end_us`` None: still open when the data end.

    ``start_blind`` and ``end_blind`` are the blind spans in which the true start or end lies, where it does.
    """

    start_us: int
    end_us: int | None
    start_blind: TimeSpan | None = None
    end_blind: TimeSpan | None = None

    def until_us(self, window_end_us: int) -> int:
        """The end, or the end of the window for an open spell."""
        return window_end_us if self.end_us is None else self.end_us


class SpellFinder:
    """Finds spells in a stream of pieces that are below the level or not, or blind.

    ``hold_us``: anything shorter counts for nothing. ``merge_us``: a return that does not last this long ends nothing.
    """

    def __init__(self, hold_us: int, merge_us: int) -> None:
        self._hold_us = hold_us
        self._merge_us = max(merge_us, hold_us)
        self.spells: list[Spell] = []
        self._start_us: int | None = None
        self._start_blind: TimeSpan | None = None
        self._below_us: int | None = None
        self._back_us: int | None = None
        self._back_blind: TimeSpan | None = None
        self._blind_us: int | None = None

    @property
    def open(self) -> bool:
        """A spell has started and not ended."""
        return self._start_us is not None

    @property
    def pending(self) -> bool:
        """Below the level just now, whether or not long enough to count."""
        return self.open or self._below_us is not None

    def feed(self, from_us: int, until_us: int, *, below: bool, blind: bool) -> None:
        """The stretch [from, until) was below the level, or not, or nobody could tell."""
        if until_us <= from_us:
            return
        if blind:
            self._blind_us = from_us if self._blind_us is None else self._blind_us
            return
        span = None if self._blind_us is None else TimeSpan(self._blind_us, from_us)
        self._blind_us = None
        if below:
            self._feed_below(from_us, until_us, span)
        else:
            self._feed_above(from_us, until_us, span)

    def _feed_below(self, from_us: int, until_us: int, blind: TimeSpan | None) -> None:
        if self._below_us is None:
            self._below_us = from_us
            if not self.open:
                self._start_blind = blind
        if until_us - self._below_us < self._hold_us:
            return
        if not self.open:
            self._start_us = self._below_us
        self._back_us = self._back_blind = None

    def _feed_above(self, from_us: int, until_us: int, blind: TimeSpan | None) -> None:
        self._below_us = None
        if self._start_us is None:
            return
        if self._back_us is None:
            self._back_us, self._back_blind = from_us, blind
        if until_us - self._back_us >= self._merge_us:
            self._close()

    def _close(self) -> None:
        if self._start_us is not None:
            self.spells.append(Spell(self._start_us, self._back_us, self._start_blind, self._back_blind))
        self._start_us = self._start_blind = self._back_us = self._back_blind = None

    def found(self) -> list[Spell]:
        """All spells so far; the last may be open."""
        still = [] if self._start_us is None else [Spell(self._start_us, None, self._start_blind)]
        return [*self.spells, *still]
