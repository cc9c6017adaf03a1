"""The table at one moment: which session holds which prefix over which path.

Begin with :func:`snapshot`. Not for following changes, which is the timeline itself.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonedark.table.timeline import Timeline


@dataclass(frozen=True, eq=False, slots=True)
class Snapshot:
    """Routes held by voting sessions at a moment, as columns of ids into the timeline's sessions, prefixes and paths.

    ``voting`` are the sessions that were up and full feed.
    """

    time_us: int
    voting: NDArray[np.int32]
    session: NDArray[np.int32]
    prefix: NDArray[np.int32]
    path: NDArray[np.int32]


def snapshot(timeline: Timeline, time_us: int) -> Snapshot:
    """The state after everything that happened before ``time_us``."""
    routes = timeline.routes
    stop = int(np.searchsorted(routes.time_us, time_us))
    keys = routes.session[:stop].astype(np.int64) * max(1, len(timeline.prefixes)) + routes.prefix[:stop]
    _, last_from_end = np.unique(keys[::-1], return_index=True)
    rows = np.sort(stop - 1 - last_from_end)
    rows = rows[routes.path[rows] >= 0]
    resets = timeline.resets[timeline.resets[:, 0] < time_us]
    reset_us = np.full(len(timeline.sessions), -1, dtype=np.int64)
    np.maximum.at(reset_us, resets[:, 1], resets[:, 0])
    rows = rows[routes.time_us[rows] >= reset_us[routes.session[rows]]]
    feeds = timeline.feeds
    votes = np.zeros(len(timeline.sessions), dtype=bool)
    before = int(np.searchsorted(feeds.time_us, time_us))
    votes[feeds.session[:before]] = feeds.value[:before] > 0
    rows = rows[votes[routes.session[rows]]]
    return Snapshot(
        time_us, np.flatnonzero(votes).astype(np.int32), routes.session[rows], routes.prefix[rows], routes.path[rows]
    )
