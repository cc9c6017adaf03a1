"""Swings: moves of the visible share between turning points that were held.

Begin with :class:`SwingFinder`. It is fed piece by piece and knows no clock, so a replay and a live run agree. A high
turning point is a level that the share did not fall below for the hold time, a low one a level it did not exceed.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

_TINY = 1e-9


@dataclass(frozen=True, order=True, slots=True)
class Swing:
    """A move of at least the swing share; dated by the message that completed the first such share."""

    time_us: int
    direction: Literal["down", "up"]


@dataclass(slots=True)
class _HeldExtreme:
    """The outermost level held for a whole window; ``beyond(a, b)`` tells that a lies further out than b."""

    hold_us: int
    beyond: Callable[[float, float], bool]
    best: float | None = None
    since_us: int | None = None
    window: deque[tuple[int, float]] = field(default_factory=deque)

    def restart(self) -> None:
        """Forget everything."""
        self.best = self.since_us = None
        self.window.clear()

    def feed(self, from_us: int, until_us: int, value: float) -> None:
        """A piece [from, until) of constant value. Windows that end where a piece ends are enough to look at:
        any other can be moved later until it does, without getting worse."""
        self.since_us = from_us if self.since_us is None else self.since_us
        while self.window and not self.beyond(value, self.window[-1][1]):
            self.window.pop()
        self.window.append((until_us, value))
        while self.window[0][0] <= until_us - self.hold_us:
            self.window.popleft()
        held = self.window[0][1]
        if until_us - self.since_us >= self.hold_us and (self.best is None or self.beyond(held, self.best)):
            self.best = held


def _above(left: float, right: float) -> bool:
    return left > right


def _below(left: float, right: float) -> bool:
    return left < right


class SwingFinder:
    """Finds swings in a piecewise constant share. ``swings`` grows as pieces are fed."""

    def __init__(self, swing_share: float, hold_us: int) -> None:
        self._share = swing_share
        self._hold_us = hold_us
        self.swings: list[Swing] = []
        # Held for a window: the least value within it is a level not fallen below, the greatest one not exceeded.
        self._high = _HeldExtreme(hold_us, _above)
        self._low = _HeldExtreme(hold_us, _below)
        self._direction: Literal["down", "up"] | None = None
        self._fallen_us: int | None = None
        self._risen_us: int | None = None

    def restart(self) -> None:
        """Forget the turning points (after blindness or with a new yardstick); swings found remain."""
        self._high.restart()
        self._low.restart()
        self._direction = None
        self._fallen_us = self._risen_us = None

    def feed(self, from_us: int, until_us: int, value: float) -> None:
        """The share was ``value`` in [from, until)."""
        if until_us <= from_us:
            return
        if self._direction != "down":
            self._fallen_us = self._crossing(self._fallen_us, from_us, self._fell(value))
        if self._direction != "up":
            self._risen_us = self._crossing(self._risen_us, from_us, self._rose(value))
        if self._fallen_us is not None and until_us - self._fallen_us >= self._hold_us:
            self._turn("down", self._fallen_us)
        elif self._risen_us is not None and until_us - self._risen_us >= self._hold_us:
            self._turn("up", self._risen_us)
        self._high.feed(from_us, until_us, value)
        self._low.feed(from_us, until_us, value)

    def _fell(self, value: float) -> bool:
        return self._high.best is not None and value <= self._high.best - self._share + _TINY

    def _rose(self, value: float) -> bool:
        return self._low.best is not None and value >= self._low.best + self._share - _TINY

    @staticmethod
    def _crossing(since_us: int | None, from_us: int, crossed: bool) -> int | None:
        if not crossed:
            return None
        return from_us if since_us is None else since_us

    def _turn(self, direction: Literal["down", "up"], time_us: int) -> None:
        """A swing is sure: note it and look for the opposite one from here on."""
        self.swings.append(Swing(time_us, direction))
        self._direction = direction
        self._fallen_us = self._risen_us = None
        (self._low if direction == "down" else self._high).best = None
