"""How many prefixes each session held, minute by minute: small numbers, of which a month has millions.

Begin with :class:`SizeLog`, which notes what changed, and :class:`SizeColumns`, which it gives. Not for deciding what
is a full feed: that is :mod:`gonedark.table.sessions`.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from isal import isal_zlib
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


_NOTES_PACKED = 1 << 10


@dataclass(frozen=True, eq=False, slots=True)
class _Packed:
    """Notes compressed: byte planes of rows, since the upper bytes of neighbours are nearly always the same."""

    times: NDArray[np.int64]
    data: bytes

    @classmethod
    def of(cls, times: NDArray[np.int64], rows: NDArray[np.int32]) -> Self:
        """Pack what :meth:`rows` gives back."""
        planes = np.ascontiguousarray(rows.view(np.uint8).reshape(2, -1, 4).transpose(0, 2, 1))
        return cls(times, isal_zlib.compress(planes.data, 1))

    def rows(self) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Times and rows as they came."""
        planes = np.frombuffer(isal_zlib.decompress(self.data), dtype=np.uint8).reshape(2, 4, -1)
        return self.times, np.ascontiguousarray(planes.transpose(0, 2, 1)).view(np.int32)[:, :, 0]


class SizeLog:
    """Notes sizes that changed: eight bytes each, and about two once hours of them are packed."""

    def __init__(self) -> None:
        self._known = np.zeros((0, 2), dtype=np.int64)
        self._times: list[tuple[int, int]] = []
        self._rows: list[NDArray[np.int32]] = []
        self._packed: list[_Packed] = []

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
        if len(self._rows) >= _NOTES_PACKED:
            self._packed.append(_Packed.of(*self._last()))
            self._times, self._rows = [], []

    def _last(self) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """What is not packed: (n, 2) times and how many rows they have, and the rows, (2, n)."""
        rows = np.concatenate([np.zeros((2, 0), dtype=np.int32), *self._rows], axis=1)
        return np.array(self._times, dtype=np.int64).reshape(-1, 2), rows

    def columns(self) -> SizeColumns:
        """Everything noted, in order of time."""
        parts = [*(packed.rows() for packed in self._packed), self._last()]
        times = np.concatenate([times for times, _ in parts])
        rows = np.concatenate([rows for _, rows in parts], axis=1)
        return SizeColumns(
            np.repeat(times[:, 0], times[:, 1]),
            rows[0] // 2,
            (rows[0] % 2).astype(np.int8),
            rows[1],
        )
