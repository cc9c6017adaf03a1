# cython: language_level=3, boundscheck=True, annotation_typing=False, wraparound=False, cdivision=True
"""Maximum flow with whole numbers by Dinic's algorithm: levels, then ways along them until none is left.

Begin with :class:`Network`. Compiled where possible. What flows where is said in :mod:`gonedark.country.graph`.
"""

from typing import Any

import cython
import numpy as np


class Network:
    """Arcs from ``tail`` to ``head`` with ``room`` left (int64 columns); each has a reverse that begins empty."""

    def __init__(self, nodes: Any, tail: Any, head: Any, room: Any) -> None:
        # Arc a of the pairs leads to head[a]; a ^ 1 is its reverse.
        self.head = np.stack([head, tail], axis=1).reshape(-1).astype(np.int32)
        self.room = np.stack([room, np.zeros_like(room)], axis=1).reshape(-1).astype(np.int64)
        tails = np.stack([tail, head], axis=1).reshape(-1)
        self.arcs = np.argsort(tails, kind="stable").astype(np.int32)
        self.begin = np.concatenate([[0], np.cumsum(np.bincount(tails, minlength=nodes))]).astype(np.int32)
        self.nodes = nodes

    def run(self, source: Any, sink: Any) -> None:
        """Send as much as there is room for."""
        while True:
            level = self.levels(source, False)
            if level[sink] < 0:
                return
            at = self.begin[: self.nodes].copy()
            way = np.empty(self.nodes, dtype=np.int32)
            _block(self.begin, self.arcs, self.head, self.room, level, at, way, source, sink)

    def levels(self, origin: Any, is_backwards: Any) -> Any:
        """Distance (int32) of every node from ``origin``, or to it, over arcs with room; -1 where there is no way."""
        level = np.full(self.nodes, -1, dtype=np.int32)
        queue = np.empty(self.nodes, dtype=np.int32)
        _levels(self.begin, self.arcs, self.head, self.room, level, queue, origin, 1 if is_backwards else 0)
        return level


@cython.ccall
@cython.locals(
    begin=cython.int[::1],
    arcs=cython.int[::1],
    head=cython.int[::1],
    room=cython.longlong[::1],
    level=cython.int[::1],
    queue=cython.int[::1],
    origin=cython.Py_ssize_t,
    turn=cython.int,
    node=cython.Py_ssize_t,
    at=cython.Py_ssize_t,
    first=cython.Py_ssize_t,
    last=cython.Py_ssize_t,
    arc=cython.int,
)
def _levels(begin: Any, arcs: Any, head: Any, room: Any, level: Any, queue: Any, origin: Any, turn: Any) -> Any:
    with cython.nogil:
        level[origin] = 0
        queue[0] = cython.cast(cython.int, origin)
        first, last = 0, 1
        while first < last:
            node = queue[first]
            first += 1
            for at in range(begin[node], begin[node + 1]):
                arc = arcs[at]
                if room[arc ^ turn] > 0 and level[head[arc]] < 0:
                    level[head[arc]] = level[node] + 1
                    queue[last] = head[arc]
                    last += 1


@cython.ccall
@cython.locals(
    begin=cython.int[::1],
    arcs=cython.int[::1],
    head=cython.int[::1],
    room=cython.longlong[::1],
    level=cython.int[::1],
    at=cython.int[::1],
    way=cython.int[::1],
    source=cython.Py_ssize_t,
    sink=cython.Py_ssize_t,
    node=cython.Py_ssize_t,
    length=cython.Py_ssize_t,
    step=cython.Py_ssize_t,
    arc=cython.int,
    room_left=cython.longlong,
)
def _block(begin: Any, arcs: Any, head: Any, room: Any, level: Any, at: Any, way: Any, source: Any, sink: Any) -> Any:
    """Ways of ever higher levels until none is left; ``at`` are the arcs that each node has got to."""
    length = 0
    node = source
    with cython.nogil:
        while True:
            if node == sink:
                room_left = room[way[0]]
                for step in range(length):
                    room_left = min(room_left, room[way[step]])
                for step in range(length):
                    room[way[step]] -= room_left
                    room[way[step] ^ 1] += room_left
                length = 0
                node = source
            if at[node] < begin[node + 1]:
                arc = arcs[at[node]]
                if room[arc] > 0 and level[head[arc]] == level[node] + 1:
                    way[length] = arc
                    length += 1
                    node = head[arc]
                else:
                    at[node] += 1
            elif length == 0:
                break
            else:
                length -= 1
                node = head[way[length] ^ 1]
                at[node] += 1
