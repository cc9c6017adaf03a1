"""How a change spreads: each session hears of it at its own second, and some try another path first.

Begin with :class:`Wave`. All that is random hangs on the generator it is given.
"""

from collections.abc import Iterator, Sequence
from random import Random

from gonedark.model.prefix import Prefix
from gonedark.model.time import SECOND_US
from gonedark.scenario.stage import Origin, Seat, Stage

MEAN_DELAY_SECONDS = 9.0
LONGEST_DELAY_SECONDS = 40.0
HUNTING_SHARE = 0.35
"""Share of the sessions that announce another path before they withdraw, or before they settle."""
MOST_PIECES = 40
"""A change spread over a time comes in at most so many pieces."""


class Wave:
    """One change of one origin, as all sessions hear of it. The first session hears of it at once."""

    def __init__(self, stage: Stage, origin: Origin, rng: Random, *, deaf: Sequence[int] = ()) -> None:
        self._stage = stage
        self._origin = origin
        seats = [seat for seat in stage.seats if not seat.peer.inside and seat.peer.asn not in deaf]
        self._seats = [seat for seat in seats if stage.hears(seat, origin)]
        delays = [min(rng.expovariate(1 / MEAN_DELAY_SECONDS), LONGEST_DELAY_SECONDS) for _ in self._seats]
        first = min(delays, default=0.0)
        self._delays_us = [int((delay - first) * SECOND_US) for delay in delays]
        self._hunts = [rng.random() < HUNTING_SHARE for _ in self._seats]

    def gone(self, at_us: int, prefixes: Sequence[Prefix]) -> None:
        """The prefixes are withdrawn; a session that hunts announces its second path on the way."""
        for seat, delay_us, hunts, mine in self._hearing(prefixes):
            paths = self._stage.paths(seat, self._origin)
            if hunts and len(paths) > 1:
                self._stage.world.announce(at_us + delay_us // 3, seat.vantage, mine, paths[1])
            self._stage.world.withdraw(at_us + delay_us, seat.vantage, mine)

    def back(self, at_us: int, prefixes: Sequence[Prefix], *, late: Sequence[int] = (), late_us: int = 0) -> None:
        """The prefixes are announced; a session that hunts has its second path first. ``late`` ASes hear later."""
        for seat, delay_us, hunts, mine in self._hearing(prefixes):
            paths = self._stage.paths(seat, self._origin)
            heard_us = at_us + delay_us + (late_us if seat.peer.asn in late else 0)
            if hunts and len(paths) > 1:
                self._stage.world.announce(heard_us, seat.vantage, mine, paths[1])
                heard_us += delay_us // 3 + SECOND_US
            self._stage.world.announce(heard_us, seat.vantage, mine, paths[0])

    def _hearing(self, prefixes: Sequence[Prefix]) -> Iterator[tuple[Seat, int, bool, list[Prefix]]]:
        by_family = {family: [prefix for prefix in prefixes if prefix.family == family] for family in ("ipv4", "ipv6")}
        for seat, delay_us, hunts in zip(self._seats, self._delays_us, self._hunts, strict=True):
            if by_family[seat.family]:
                yield seat, delay_us, hunts, by_family[seat.family]


def pieces(prefixes: Sequence[Prefix], over_seconds: int) -> Iterator[tuple[int, Sequence[Prefix]]]:
    """A change cut up over a time: (microseconds after its start, prefixes), the last piece at the end of the time."""
    count = max(1, min(len(prefixes), over_seconds, MOST_PIECES))
    for number in range(count):
        piece = prefixes[number * len(prefixes) // count : (number + 1) * len(prefixes) // count]
        yield number * over_seconds * SECOND_US // max(1, count - 1), piece
