# cython: language_level=3, boundscheck=True, annotation_typing=False
"""How many addresses a changing set of prefixes covers, each address once: compiled where possible.

Begin with :class:`Space`. The prefixes' borders cut the address space into atoms; a prefix covers a run of atoms, an
atom counts while at least one visible prefix covers it. Not for deciding what is visible.
"""

from typing import Any

import cython
import numpy as np


class Space:
    """Prefixes as runs of atoms. ``first`` and ``last`` are uint64 units (addresses or /48s), both included.

    ``ranges`` (n, 2) are the country's sorted inclusive units: what lies outside weighs nothing. ``layers`` sets of
    visible prefixes are kept side by side. ``owners`` number the prefixes' networks from 0; an atom is that network's
    whose prefix over it is the longest.
    """

    def __init__(self, first: Any, last: Any, ranges: Any, layers: Any, owners: Any) -> None:
        borders = np.unique(np.concatenate([first, last + np.uint64(1)]))
        self.begin = np.searchsorted(borders, first).astype(np.int32)
        self.end = np.searchsorted(borders, last + np.uint64(1)).astype(np.int32)
        below = delegated_below(borders, ranges)
        self.weight = np.diff(below).astype(np.int64) if len(borders) else np.zeros(0, dtype=np.int64)
        self.cover = np.zeros((layers, len(self.weight)), dtype=np.int32)
        self.visible = np.zeros((layers, len(first)), dtype=np.uint8)
        self.counts = np.zeros(layers, dtype=np.int64)
        self.sums = np.zeros(layers, dtype=np.int64)
        self.home = self._homes(last - first, owners)
        self.usual = np.zeros(int(owners.max(initial=0)) + 1, dtype=np.int64)
        self.held = np.zeros((layers, len(self.usual)), dtype=np.int64)
        self.inside = np.zeros(layers, dtype=np.int64)
        self.yardstick = np.zeros(len(self.weight), dtype=np.uint8)
        self.kept = np.zeros(layers, dtype=np.int64)

    def _homes(self, sizes: Any, owners: Any) -> Any:
        """Whose each atom is. Prefixes of one size are disjoint: each size is one step, the longest prefixes last."""
        home = np.zeros(len(self.weight), dtype=np.int32)
        for size in np.unique(sizes)[::-1]:
            mine = np.flatnonzero(sizes == size)
            runs = self.end[mine] - self.begin[mine]
            before = np.cumsum(runs) - runs
            atoms = np.repeat(self.begin[mine] - before, runs) + np.arange(runs.sum())
            home[atoms] = np.repeat(owners[mine], runs)
        return home

    def measure_against(self, chosen: Any) -> Any:
        """Take what the chosen prefixes cover as the yardstick; returns its addresses. From now on ``inside[layer]``
        are the visible addresses, of each network at most as many as it has in the yardstick, and ``kept[layer]`` those
        of the yardstick itself."""
        covered = self._covered(chosen)
        self.yardstick[:] = covered
        self.kept[:] = ((self.cover > 0) & covered) @ self.weight
        self.usual[:] = 0
        np.add.at(self.usual, self.home[covered], self.weight[covered])
        self.inside[:] = np.minimum(self.held, self.usual).sum(axis=1)
        return int(self.usual.sum())

    def addresses_of(self, chosen: Any) -> Any:
        """Addresses that the chosen prefixes (bool mask) cover together, each once."""
        return int(self.weight[self._covered(chosen)].sum())

    def _covered(self, chosen: Any) -> Any:
        steps = np.zeros(len(self.weight) + 1, dtype=np.int64)
        np.add.at(steps, self.begin[chosen], 1)
        np.add.at(steps, self.end[chosen], -1)
        return np.cumsum(steps[:-1]) > 0

    def apply(self, layer: Any, prefix: Any, visible: Any, start: Any, stop: Any) -> None:
        """Flips [start, stop) of one instant. ``sums[layer]`` are then the addresses, ``inside[layer]`` those that
        count against the yardstick."""
        _apply(
            layer,
            prefix,
            visible,
            start,
            stop,
            self.begin,
            self.end,
            self.weight,
            self.cover,
            self.visible,
            self.counts,
            self.sums,
            self.home,
            self.usual,
            self.held,
            self.inside,
            self.yardstick,
            self.kept,
        )


def delegated_below(borders: Any, ranges: Any) -> Any:
    """How many of the ranges' units lie below each border (int64)."""
    if not len(ranges):
        return np.zeros(len(borders), dtype=np.int64)
    sizes = (ranges[:, 1] - ranges[:, 0]).astype(np.int64) + 1
    before = np.concatenate([[0], np.cumsum(sizes)])
    at = np.searchsorted(ranges[:, 0], borders, side="right")
    inside = np.zeros(len(borders), dtype=np.int64)
    some = at > 0
    last = ranges[at[some] - 1, 1]
    surplus = np.where(borders[some] <= last, (last - borders[some] + np.uint64(1)).astype(np.int64), 0)
    inside[some] = before[at[some]] - surplus
    return inside


@cython.ccall
@cython.wraparound(False)
@cython.locals(
    layer=cython.Py_ssize_t,
    prefix=cython.int[::1],
    visible=cython.uchar[::1],
    start=cython.Py_ssize_t,
    stop=cython.Py_ssize_t,
    begin=cython.int[::1],
    end=cython.int[::1],
    weight=cython.longlong[::1],
    cover=cython.int[:, ::1],
    shown=cython.uchar[:, ::1],
    counts=cython.longlong[::1],
    sums=cython.longlong[::1],
    home=cython.int[::1],
    usual=cython.longlong[::1],
    held=cython.longlong[:, ::1],
    inside=cython.longlong[::1],
    yardstick=cython.uchar[::1],
    kept=cython.longlong[::1],
    row=cython.Py_ssize_t,
    what=cython.Py_ssize_t,
    atom=cython.Py_ssize_t,
    net=cython.Py_ssize_t,
)
def _apply(
    layer: Any,
    prefix: Any,
    visible: Any,
    start: Any,
    stop: Any,
    begin: Any,
    end: Any,
    weight: Any,
    cover: Any,
    shown: Any,
    counts: Any,
    sums: Any,
    home: Any,
    usual: Any,
    held: Any,
    inside: Any,
    yardstick: Any,
    kept: Any,
) -> None:
    with cython.nogil:
        for row in range(start, stop):
            what = prefix[row]
            if shown[layer, what] == visible[row]:
                continue
            shown[layer, what] = visible[row]
            if visible[row]:
                counts[layer] += 1
                for atom in range(begin[what], end[what]):
                    if cover[layer, atom] == 0:
                        net = home[atom]
                        sums[layer] += weight[atom]
                        kept[layer] += weight[atom] * yardstick[atom]
                        inside[layer] -= min(held[layer, net], usual[net])
                        held[layer, net] += weight[atom]
                        inside[layer] += min(held[layer, net], usual[net])
                    cover[layer, atom] += 1
            else:
                counts[layer] -= 1
                for atom in range(begin[what], end[what]):
                    cover[layer, atom] -= 1
                    if cover[layer, atom] == 0:
                        net = home[atom]
                        sums[layer] -= weight[atom]
                        kept[layer] -= weight[atom] * yardstick[atom]
                        inside[layer] -= min(held[layer, net], usual[net])
                        held[layer, net] -= weight[atom]
                        inside[layer] += min(held[layer, net], usual[net])
