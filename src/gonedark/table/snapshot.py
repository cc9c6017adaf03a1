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
    votes = voting_at(timeline, time_us)
    since_us[~votes] = -1
    seen = np.zeros((len(timeline.sessions), max(1, len(timeline.prefixes))), dtype=np.uint8)
    # Written from the end; only what is written takes memory.
    held = np.empty((3, int(np.count_nonzero(votes)) * len(timeline.prefixes)), dtype=np.int32)
    first = held.shape[1]
    for routes in timeline.backwards(time_us):
        columns = map(np.ascontiguousarray, (routes.time_us, routes.session, routes.prefix, routes.path))
        first = latest(*columns, since_us, seen, held, first)
    session, prefix, path = held[:, first:]
    return Snapshot(time_us, np.flatnonzero(votes).astype(np.int32), session, prefix, path)


def voting_at(timeline: Timeline, time_us: int) -> NDArray[np.bool_]:
    """Which sessions are up and full feed, after everything that happened before ``time_us``."""
    feeds = timeline.feeds
    votes = np.zeros(len(timeline.sessions), dtype=bool)
    before = int(np.searchsorted(feeds.time_us, time_us))
    votes[feeds.session[:before]] = feeds.value[:before] > 0
    return votes
