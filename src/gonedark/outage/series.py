"""The series that charts and tables show, from what was judged.

Begin with :func:`series_of`. Values before the first record and while blind are unknown, never zero.
"""

import numpy as np

from gonedark.model.report import Series
from gonedark.model.time import TimeSpan
from gonedark.outage.study import Study

_UNKNOWN = -1


def series_of(found: Study, window: TimeSpan) -> Series:
    """One family's steps within the window, the first at its beginning."""
    steps = [(part.from_us, piece) for piece, part in found.levels.within(window)]
    late = not steps or steps[0][0] > window.from_us
    times = [window.from_us] * late + [time_us for time_us, _ in steps]

    def column(name: str, before: int = 0) -> list[int]:
        return [before] * late + [getattr(piece, name) for _, piece in steps]

    yardstick = column("baseline_addresses", _UNKNOWN)

    return Series(
        family=found.family,
        time_us=np.array(times, dtype=np.int64),
        prefixes_visible=np.array(column("prefixes"), dtype=np.int64),
        addresses_visible=np.array(column("addresses"), dtype=np.int64),
        addresses=np.array([0] * late + [piece.inside[0] for _, piece in steps], dtype=np.int64),
        baseline_addresses=np.array([size or _UNKNOWN for size in yardstick], dtype=np.int64),
        voters=np.array(column("voters"), dtype=np.int64),
        expected_voters=np.array(column("expected", _UNKNOWN), dtype=np.int64),
        domestic_prefixes=_domestic(found, times),
        blind=np.array([True] * late + [piece.blind is not None for _, piece in steps]),
    )


def _domestic(found: Study, times: list[int]) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """Prefixes that domestic peers still route at each step; unknown where there is no domestic peer."""
    flips, voters = found.domestic.flips, found.domestic.voters
    count = np.cumsum(np.where(flips.visible > 0, 1, -1))
    at = np.searchsorted(flips.time_us, times, side="right") - 1
    values = np.where(at >= 0, count[at], 0) if len(count) else np.zeros(len(times), dtype=np.int64)
    there = np.searchsorted(voters[:, 0], times, side="right") - 1
    watched = voters[there, 1] > 0 if len(voters) else np.zeros(len(times), dtype=bool)
    return np.where(watched & (there >= 0), values, _UNKNOWN).astype(np.int64)
