"""The address space cut at the borders of a set of prefixes: the smallest stretches, whose they are, what they weigh.

Begin with :meth:`Atoms.cut`. A prefix covers a run of atoms, so that what several prefixes cover together is counted
atom by atom, each once. Not for what changes with time, which is :mod:`gonedark.country.space`.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from gonedark.country.units import units_below


@dataclass(frozen=True, eq=False, slots=True)
class Atoms:
    """``begin`` and ``end``: each prefix's run [begin, end). ``weight``: the country's units (addresses or /48s) in
    each atom. ``home``: the owner of the longest prefix over each, 0 where none lies over it."""

    begin: NDArray[np.int32]
    end: NDArray[np.int32]
    weight: NDArray[np.int64]
    home: NDArray[np.int32]

    @classmethod
    def cut(cls, ranges: NDArray[np.uint64], units: NDArray[np.uint64], owners: NDArray[np.int32]) -> Self:
        """``ranges`` (n, 2): first and last unit of each prefix; ``units``: the country's, sorted, disjoint, inclusive;
        ``owners``: the number of each prefix's network."""
        first, behind = ranges[:, 0], ranges[:, 1] + np.uint64(1)
        borders = np.unique(np.concatenate([first, behind]))
        begin = np.searchsorted(borders, first).astype(np.int32)
        end = np.searchsorted(borders, behind).astype(np.int32)
        weight = np.diff(units_below(borders, units))
        return cls(begin, end, weight, _homes(begin, end, behind - first, owners, len(weight)))

    def covered(self, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which atoms the chosen prefixes cover together."""
        mask: NDArray[np.bool_] = layers(self.begin[chosen], self.end[chosen], len(self.weight)) > 0
        return mask


def layers(begin: NDArray[np.int32], end: NDArray[np.int32], atoms: int) -> NDArray[np.int32]:
    """(atoms,): how many of these runs [begin, end) lie over each atom."""
    steps = np.bincount(begin, minlength=atoms + 1) - np.bincount(end, minlength=atoms + 1)
    return np.cumsum(steps[:-1], dtype=np.int32)


def _homes(
    begin: NDArray[np.int32],
    end: NDArray[np.int32],
    sizes: NDArray[np.uint64],
    owners: NDArray[np.int32],
    atoms: int,
) -> NDArray[np.int32]:
    """Whose each atom is. Prefixes of one size are disjoint: each size is one step, the longest prefixes last."""
    home = np.zeros(atoms, dtype=np.int32)
    for size in np.unique(sizes)[::-1]:
        mine = np.flatnonzero(sizes == size)
        runs = end[mine] - begin[mine]
        before = np.cumsum(runs) - runs
        home[np.repeat(begin[mine] - before, runs) + np.arange(runs.sum())] = np.repeat(owners[mine], runs)
    return home
