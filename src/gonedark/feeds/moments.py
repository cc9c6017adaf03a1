"""Times of a stream's rows as they must have been: in order, without the few that cannot be right.

Use :func:`in_order`. A collector writes its records in order of time, so a row dated hours away from the rows before
and after it is a damaged time stamp; its message counts, dated by its neighbours. Not for what else may be damaged.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonedark.model.time import MINUTE_US

TOLERANCE_US = 15 * MINUTE_US
"""Rows of several sessions may be this far out of order without anything being wrong."""
_NEIGHBOURS = 9


@dataclass(frozen=True, eq=False, slots=True)
class Moments:
    """``time_us`` never falls. ``lost_us``: from when to when rows say that they are, which had to be dated much later,
    so that nobody knows when what they tell happened; None without any."""

    time_us: NDArray[np.int64]
    lost_us: tuple[int, int] | None


def in_order(time_us: NDArray[np.int64]) -> Moments:
    """The times of consecutive rows, put in order. Rows are dated again only where time runs back."""
    rising = np.maximum.accumulate(time_us)
    if not len(time_us) or int((rising - time_us).max()) <= TOLERANCE_US:
        return Moments(rising, None)
    sound_us = _without_strays(time_us)
    rising = np.maximum.accumulate(sound_us)
    late = sound_us[rising - sound_us > TOLERANCE_US]
    return Moments(rising, (int(late.min()), int(late.max())) if len(late) else None)


def _without_strays(time_us: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows that lie far from the medians of the rows before and after them take the time of the row before."""
    before, after = _medians(time_us), _medians(time_us[::-1])[::-1]
    ahead = (time_us > after + TOLERANCE_US) & (time_us > before + TOLERANCE_US)
    behind = (time_us < before - TOLERANCE_US) & (time_us < after - TOLERANCE_US)
    ahead[0], behind[-1] = time_us[0] > after[0] + TOLERANCE_US, time_us[-1] < before[-1] - TOLERANCE_US
    sound = ~(ahead | behind)
    sound[0] |= not sound.any()
    first = int(np.argmax(sound))
    last_sound = np.maximum.accumulate(np.where(sound, np.arange(len(sound)), first))
    dated: NDArray[np.int64] = time_us[last_sound]
    return dated


def _medians(time_us: NDArray[np.int64]) -> NDArray[np.int64]:
    """The median of up to nine rows before each row; of the first row its own time."""
    padded = np.concatenate([np.full(_NEIGHBOURS, time_us[0]), time_us[:-1]])
    windows = np.lib.stride_tricks.sliding_window_view(padded, _NEIGHBOURS)
    medians: NDArray[np.int64] = np.median(windows, axis=1).astype(np.int64)
    return medians
