"""Memory of path identifiers (ADD-PATH, RFC 7911) for one collector, so that losing one of several paths is no loss.

Begin with :class:`Multipath`. A peer that announced a prefix over two paths and withdraws one still has the prefix;
the row of that withdrawal is left out. A table's entries outside the wanted ranges are not followed, so that there a
withdrawal counts at once. Not needed, and without cost, where no session adds paths.
"""

import numpy as np
from numpy.typing import NDArray

from gonedark.mrt.multipath_loop import MultipathLoop
from gonedark.mrt.scratch import Rows, view

SIZE_MIN, SIZE_MAX = 1 << 12, 1 << 22
"""Slots; at most three quarters are used, some three million paths in 130 MB."""


class Multipath:
    """Follows rows with path identifiers, and the states of all sessions."""

    def __init__(self, seed: int, peers_max: int) -> None:
        self._loop = MultipathLoop(seed, view(np.zeros(peers_max, np.uint32)))
        self._make(SIZE_MIN)

    def _make(self, size: int) -> None:
        self._paths = (np.zeros(size, np.uint64), np.zeros(size, np.uint32), np.zeros(size, np.uint32))
        helds = (np.zeros(size, np.uint64), np.zeros(size, np.int32), np.zeros(size, np.uint32))
        self._loop.use([view(column) for column in self._paths], [view(column) for column in helds])

    def _reserve(self, count: int) -> None:
        """Room for so many more paths, as far as there may be any."""
        size = len(self._paths[0])
        needed = (self._loop.paths + count) * 4 // 3 + 1
        if needed <= size or size == SIZE_MAX:
            return
        old: tuple[NDArray[np.generic], ...] = self._paths
        self._make(min(1 << needed.bit_length(), SIZE_MAX))
        self._loop.refill(*(view(column) for column in old))

    def follow(self, rows: Rows, span: slice, added: int) -> int:
        """A span of rows, of which ``added`` may announce a path; how many were given the kind DROPPED."""
        self._reserve(added)
        columns = (rows.kind, rows.flags, rows.peer, rows.prefix, rows.state, rows.path_id)
        return self._loop.run([view(column) for column in columns], span.start, span.stop)
