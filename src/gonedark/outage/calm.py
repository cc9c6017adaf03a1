"""What was usually there: how long each prefix, and each address, was visible in calm time of the last day.

Begin with :class:`Calm`, which the pass over a family tells what changes and how much calm time went by. Addresses are
counted beside prefixes because networks cut their prefixes up or join them: what is always reachable, now over this
prefix and now over that, is usual although no single prefix is. Not for deciding when a baseline is renewed.
"""

from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

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


@dataclass(slots=True)
class Calm:
    """``begin`` and ``end``: which run of atoms (smallest stretches between borders of prefixes) each prefix covers."""

    horizon_us: int
    begin: NDArray[np.int32]
    end: NDArray[np.int32]
    clock_us: int = 0
    visible: NDArray[np.bool_] = field(init=False)
    cover: NDArray[np.int32] = field(init=False)
    marks: deque[tuple[int, int, NDArray[np.int64], NDArray[np.int64]]] = field(default_factory=deque)
    _prefixes: _Clock = field(init=False)
    _atoms: _Clock = field(init=False)

    def __post_init__(self) -> None:
        self.visible = np.zeros(len(self.begin), dtype=bool)
        self.cover = np.zeros(int(self.end.max(initial=0)), dtype=np.int32)
        self._prefixes = _Clock(np.zeros(len(self.begin), dtype=np.int64))
        self._atoms = _Clock(np.zeros(len(self.cover), dtype=np.int64))

    def change(self, prefixes: NDArray[np.int32], visible: NDArray[np.bool_]) -> None:
        """These prefixes changed now: while visible, the clock runs for them and for their addresses."""
        prefixes = np.unique(prefixes)
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
        steps = np.zeros(len(self.cover) + 1, dtype=np.int32)
        np.add.at(steps, self.begin[prefixes], 1)
        np.add.at(steps, self.end[prefixes], -1)
        more = np.cumsum(steps[:-1], dtype=np.int32)
        self._prefixes.start(prefixes, self.clock_us)
        self._atoms.start(np.flatnonzero((self.cover == 0) & (more > 0)), self.clock_us)
        self.cover += more

    def usual(self, now_us: int, share: float) -> NDArray[np.bool_] | None:
        """Prefixes that were visible for at least this share of the last day's calm time, and visible ones that hold
        addresses which only they have now and which were visible for as long; None without calm time."""
        prefixes = self._prefixes.seen_us + np.where(self.visible, self.clock_us, 0)
        atoms = self._atoms.seen_us + np.where(self.cover > 0, self.clock_us, 0)
        while len(self.marks) > 1 and self.marks[1][0] <= now_us - self.horizon_us:
            self.marks.popleft()
        clock_us, prefixes_before, atoms_before = 0, np.zeros_like(prefixes), np.zeros_like(atoms)
        if self.marks and self.marks[0][0] <= now_us - self.horizon_us:
            _, clock_us, prefixes_before, atoms_before = self.marks[0]
        self.marks.append((now_us, self.clock_us, prefixes, atoms))
        calm_us = self.clock_us - clock_us
        if calm_us <= 0:
            return None
        chosen: NDArray[np.bool_] = (prefixes - prefixes_before) / calm_us >= share - _TINY
        usual_atoms = (atoms - atoms_before) / calm_us >= share - _TINY
        return chosen | self._heirs(chosen, usual_atoms)

    def _heirs(self, chosen: NDArray[np.bool_], usual: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Visible prefixes all of whose addresses are usual, and some of which no chosen prefix has."""
        steps = np.zeros(len(usual) + 1, dtype=np.int64)
        np.add.at(steps, self.begin[chosen], 1)
        np.add.at(steps, self.end[chosen], -1)
        orphans = _below(usual & (np.cumsum(steps[:-1]) == 0))
        strange = _below(~usual)
        heirs: NDArray[np.bool_] = (
            self.visible
            & ~chosen
            & (orphans[self.end] > orphans[self.begin])
            & (strange[self.end] == strange[self.begin])
        )
        return heirs


def _below(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How many are true before each place."""
    return np.concatenate([[0], np.cumsum(mask, dtype=np.int64)])
