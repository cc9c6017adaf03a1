"""What was usually there: how long each prefix, and each address, was visible in calm time of the last day.

Begin with :class:`Calm`, which the pass over a family tells what changes and how much calm time went by. Addresses are
counted beside prefixes because networks cut their prefixes up or join them: what is always reachable, now over this
prefix and now over that, is usual although no single prefix is. Not for deciding when a baseline is renewed.
"""

from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gonedark.country.atoms import layers

_TINY = 1e-9
_MANY = 100
"""So many changes at once are worth a pass over everything."""


@dataclass(slots=True)
class _Clock:
    """For how many microseconds of calm each of a row of things was visible, until now."""

    seen_us: NDArray[np.int64]

    def start(self, which: NDArray[np.integer] | slice, clock_us: int) -> None:
        """These are visible from now on."""
        self.seen_us[which] -= clock_us

    def stop(self, which: NDArray[np.integer] | slice, clock_us: int) -> None:
        """These are no longer."""
        self.seen_us[which] += clock_us


@dataclass(frozen=True, eq=False, slots=True)
class _State:
    """The clocks of prefixes and atoms as a change left them, and which of them run."""

    prefixes: NDArray[np.int64]
    visible: NDArray[np.bool_]
    atoms: NDArray[np.int64]
    covered: NDArray[np.bool_]

    def at(self, clock_us: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """How long each was visible when the clock of calm stood there."""
        return self.prefixes + np.where(self.visible, clock_us, 0), self.atoms + np.where(self.covered, clock_us, 0)


@dataclass(slots=True)
class Calm:
    """``begin`` and ``end``: which run of atoms (smallest stretches between borders of prefixes) each prefix covers."""

    horizon_us: int
    begin: NDArray[np.int32]
    end: NDArray[np.int32]
    clock_us: int = 0
    visible: NDArray[np.bool_] = field(init=False)
    cover: NDArray[np.int32] = field(init=False)
    marks: deque[tuple[int, int, _State]] = field(default_factory=deque)
    _prefixes: _Clock = field(init=False)
    _atoms: _Clock = field(init=False)
    _changed_us: int = 0
    _state: _State | None = None

    def __post_init__(self) -> None:
        self.visible = np.zeros(len(self.begin), dtype=bool)
        self.cover = np.zeros(int(self.end.max(initial=0)), dtype=np.int32)
        self._prefixes = _Clock(np.zeros(len(self.begin), dtype=np.int64))
        self._atoms = _Clock(np.zeros(len(self.cover), dtype=np.int64))

    def change(self, prefixes: NDArray[np.int32], visible: NDArray[np.bool_]) -> None:
        """These prefixes changed now: while visible, the clock runs for them and for their addresses."""
        prefixes = np.unique(prefixes)
        self._changed_us, self._state = self.clock_us, None
        risen = prefixes[visible[prefixes] & ~self.visible[prefixes]]
        if len(risen) > _MANY:
            self._rise(risen)
            risen = risen[:0]
        for prefix in risen.tolist():
            run = slice(self.begin[prefix], self.end[prefix])
            self.cover[run] += 1
            self._prefixes.start(slice(prefix, prefix + 1), self.clock_us)
            self._atoms.start(run.start + np.flatnonzero(self.cover[run] == 1), self.clock_us)
        for prefix in prefixes[~visible[prefixes] & self.visible[prefixes]].tolist():
            run = slice(self.begin[prefix], self.end[prefix])
            self.cover[run] -= 1
            self._prefixes.stop(slice(prefix, prefix + 1), self.clock_us)
            self._atoms.stop(run.start + np.flatnonzero(self.cover[run] == 0), self.clock_us)
        self.visible[prefixes] = visible[prefixes]

    def _rise(self, prefixes: NDArray[np.int32]) -> None:
        """Many prefixes at once, such as a whole table, become visible."""
        more = self._covered_by(prefixes)
        self._prefixes.start(prefixes, self.clock_us)
        self._atoms.start(np.flatnonzero((self.cover == 0) & (more > 0)), self.clock_us)
        self.cover += more

    def usual(self, now_us: int, share: float) -> NDArray[np.bool_] | None:
        """Prefixes that were visible for at least this share of the last day's calm time, and visible ones that hold
        addresses which only they have now and which were visible for as long; None without calm time."""
        while len(self.marks) > 1 and self.marks[1][0] <= now_us - self.horizon_us:
            self.marks.popleft()
        clock_us, before = 0, None
        if self.marks and self.marks[0][0] <= now_us - self.horizon_us:
            _, clock_us, before = self.marks[0]
        state = self._now()
        self.marks.append((now_us, self.clock_us, state))
        calm_us = self.clock_us - clock_us
        if calm_us <= 0:
            return None
        if self._changed_us <= clock_us and _TINY < share <= 1:
            # Nothing changed in all that calm: what is visible was so throughout.
            return self.visible.copy()
        prefixes, atoms = state.at(self.clock_us)
        if before is not None:
            prefixes_before, atoms_before = before.at(clock_us)
            prefixes, atoms = prefixes - prefixes_before, atoms - atoms_before
        chosen: NDArray[np.bool_] = prefixes / calm_us >= share - _TINY
        return chosen | self._heirs(chosen, atoms / calm_us >= share - _TINY)

    def _now(self) -> _State:
        """The state, copied once after each change."""
        if self._state is None:
            self._state = _State(
                self._prefixes.seen_us.copy(), self.visible.copy(), self._atoms.seen_us.copy(), self.cover > 0
            )
        return self._state

    def _covered_by(self, prefixes: NDArray[np.integer] | NDArray[np.bool_]) -> NDArray[np.int32]:
        """How many of these prefixes cover each atom."""
        return layers(self.begin[prefixes], self.end[prefixes], len(self.cover))

    def _heirs(self, chosen: NDArray[np.bool_], usual: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Visible prefixes all of whose addresses are usual, and some of which no chosen prefix has."""
        heirs: NDArray[np.bool_] = self.visible & ~chosen
        if heirs.any():
            orphans, strange = _below(usual & (self._covered_by(chosen) == 0)), _below(~usual)
            heirs &= (orphans[self.end] > orphans[self.begin]) & (strange[self.end] == strange[self.begin])
        return heirs


def _below(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How many are true before each place."""
    return np.concatenate([[0], np.cumsum(mask, dtype=np.int64)])
