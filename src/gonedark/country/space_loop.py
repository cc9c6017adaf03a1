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
    visible prefixes are kept side by side.
    """

    def __init__(self, first: Any, last: Any, ranges: Any, layers: Any) -> None:
        borders = np.unique(np.concatenate([first, last + np.uint64(1)]))
        self.begin = np.searchsorted(borders, first).astype(np.int32)
        self.end = np.searchsorted(borders, last + np.uint64(1)).astype(np.int32)
        below = delegated_below(borders, ranges)
        self.weight = np.diff(below).astype(np.int64) if len(borders) else np.zeros(0, dtype=np.int64)
        self.cover = np.zeros((layers, len(self.weight)), dtype=np.int32)
        self.visible = np.zeros((layers, len(first)), dtype=np.uint8)
        self.counts = np.zeros(layers, dtype=np.int64)
        self.sums = np.zeros(layers, dtype=np.int64)

    def addresses_of(self, chosen: Any) -> Any:
        """Addresses that the chosen prefixes (bool mask) cover together, each once."""
        return int(self.weight[self._covered(chosen)].sum())

    def _covered(self, chosen: Any) -> Any:
        steps = np.zeros(len(self.weight) + 1, dtype=np.int64)
        np.add.at(steps, self.begin[chosen], 1)
        np.add.at(steps, self.end[chosen], -1)
        return np.cumsum(steps[:-1]) > 0

    def apply(self, layer: Any, prefix: Any, visible: Any, start: Any, stop: Any) -> None:
        """Flips [start, stop) of one instant. ``sums[layer]`` are then the addresses."""
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
    row=cython.Py_ssize_t,
    what=cython.Py_ssize_t,
    atom=cython.Py_ssize_t,
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
                        sums[layer] += weight[atom]
                    cover[layer, atom] += 1
            else:
                counts[layer] -= 1
                for atom in range(begin[what], end[what]):
                    cover[layer, atom] -= 1
                    if cover[layer, atom] == 0:
                        sums[layer] -= weight[atom]
