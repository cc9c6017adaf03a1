"""The table at one moment: which session holds which prefix over which path.

Begin with :func:`snapshot`. Not for following changes, which is the timeline itself.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonedark.table.latest_loop import latest
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
    resets = timeline.resets[timeline.resets[:, 0] < time_us]
    since_us = np.zeros(len(timeline.sessions), dtype=np.int64)
    np.maximum.at(since_us, resets[:, 1], resets[:, 0])
    feeds = timeline.feeds
    votes = np.zeros(len(timeline.sessions), dtype=bool)
    before = int(np.searchsorted(feeds.time_us, time_us))
    votes[feeds.session[:before]] = feeds.value[:before] > 0
    since_us[~votes] = -1
    seen = np.zeros((len(timeline.sessions), max(1, len(timeline.prefixes))), dtype=np.uint8)
    found = [np.zeros((3, 0), dtype=np.int32)]
    for routes in timeline.backwards(time_us):
        time_column, session = np.ascontiguousarray(routes.time_us), np.ascontiguousarray(routes.session)
        prefix, path = np.ascontiguousarray(routes.prefix), np.ascontiguousarray(routes.path)
        rows = latest(time_column, session, prefix, path, since_us, seen)
        found.append(np.stack([session[rows], prefix[rows], path[rows]]))
    session, prefix, path = np.concatenate(found[::-1], axis=1)
    return Snapshot(time_us, np.flatnonzero(votes).astype(np.int32), session, prefix, path)
