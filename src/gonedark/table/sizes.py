"""How many prefixes each session held, minute by minute: small numbers, of which a month has millions.

Begin with :class:`SizeLog`, which notes what changed, and :class:`SizeColumns`, which it gives. Not for deciding what
is a full feed: that is :mod:`gonedark.table.sessions`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False, slots=True)
class SizeColumns:
    """Number of prefixes of a session: sampled where it changed, at whole minutes and at table dumps.

    ``family`` is 0 for IPv4 and 1 for IPv6.
    """

    time_us: NDArray[np.int64]
    session: NDArray[np.int32]
    family: NDArray[np.int8]
    size: NDArray[np.int32]


class SizeLog:
    """Notes sizes that changed, eight bytes each."""

    def __init__(self) -> None:
        self._known = np.zeros((0, 2), dtype=np.int64)
        self._times: list[tuple[int, int]] = []
        self._rows: list[NDArray[np.int32]] = []

    def note(self, now_us: int, sizes: NDArray[np.int64]) -> None:
        """The sizes (sessions, 2) now, of which those that differ from the last noted are kept."""
        if len(sizes) > len(self._known):
            known = np.zeros((len(sizes), 2), dtype=np.int64)
            known[: len(self._known)] = self._known
            self._known = known
        changed = np.flatnonzero(sizes.ravel() != self._known[: len(sizes)].ravel())
        if len(changed):
            self._times.append((now_us, len(changed)))
            self._rows.append(np.stack([changed, sizes.ravel()[changed]]).astype(np.int32))
            self._known[: len(sizes)] = sizes

    def columns(self) -> SizeColumns:
        """Everything noted, in order of time."""
        rows = np.concatenate([np.zeros((2, 0), dtype=np.int32), *self._rows], axis=1)
        times = np.array(self._times, dtype=np.int64).reshape(-1, 2)
        return SizeColumns(
            np.repeat(times[:, 0], times[:, 1]),
            rows[0] // 2,
            (rows[0] % 2).astype(np.int8),
            rows[1],
        )
