# cython: language_level=3, boundscheck=True, annotation_typing=False, wraparound=False, cdivision=True
"""Dominators of a graph, and what they carry: compiled where possible.

Begin with :func:`dominators`. What the nodes are is told in :mod:`gonedark.country.graph`.
"""

from typing import Any

import cython
import numpy as np


def reached(begin: Any, tail: Any, root: Any, removed: Any) -> Any:
    """Nodes with a way to the root, those nearer before those behind them, in reverse postorder (int32).

    The arcs into node i come from ``tail[begin[i]]`` to ``tail[begin[i + 1]]`` (int32); ``removed`` (uint8) marks nodes
    that are not there.
    """
    nodes = len(begin) - 1
    seen = np.array(removed, dtype=np.uint8)
    stack, order = np.empty(nodes, dtype=np.int32), np.empty(nodes, dtype=np.int32)
    count = _reached(begin, tail, root, seen, begin[:nodes].copy(), stack, order)
    return order[:count][::-1].copy()


@cython.ccall
@cython.locals(
    begin=cython.int[::1],
    tail=cython.int[::1],
    root=cython.Py_ssize_t,
    seen=cython.uchar[::1],
    at=cython.int[::1],
    stack=cython.int[::1],
    order=cython.int[::1],
    node=cython.Py_ssize_t,
    following=cython.Py_ssize_t,
    depth=cython.Py_ssize_t,
    count=cython.Py_ssize_t,
)
def _reached(begin: Any, tail: Any, root: Any, seen: Any, at: Any, stack: Any, order: Any) -> Any:
    count = 0
    depth = 1
    stack[0] = cython.cast(cython.int, root)
    seen[root] = 1
    with cython.nogil:
        while depth:
            node = stack[depth - 1]
            if at[node] < begin[node + 1]:
                following = tail[at[node]]
                at[node] += 1
                if not seen[following]:
                    seen[following] = 1
                    stack[depth] = cython.cast(cython.int, following)
                    depth += 1
            else:
                order[count] = cython.cast(cython.int, node)
                count += 1
                depth -= 1
    return count


def dominators(begin: Any, head: Any, order: Any) -> Any:
    """For every node the next one that all its ways to the root lead through (int32); -1 for those not in ``order``.

    The arcs out of node i lead to ``head[begin[i]]`` to ``head[begin[i + 1]]``; ``order`` is that of :func:`reached`.
    Cooper, Harvey and Kennedy, "A simple, fast dominance algorithm" (2001).
    """
    rank = np.full(len(begin) - 1, -1, dtype=np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    dominator = np.full(len(begin) - 1, -1, dtype=np.int32)
    _dominators(begin, head, order, rank, dominator)
    return dominator


@cython.ccall
@cython.locals(
    begin=cython.int[::1],
    head=cython.int[::1],
    order=cython.int[::1],
    rank=cython.int[::1],
    dominator=cython.int[::1],
    changed=cython.bint,
    at=cython.Py_ssize_t,
    place=cython.Py_ssize_t,
    node=cython.Py_ssize_t,
    one=cython.Py_ssize_t,
    other=cython.Py_ssize_t,
)
def _dominators(begin: Any, head: Any, order: Any, rank: Any, dominator: Any) -> Any:
    changed = True
    with cython.nogil:
        dominator[order[0]] = order[0]
        while changed:
            changed = False
            for place in range(1, order.shape[0]):
                node = order[place]
                other = -1
                for at in range(begin[node], begin[node + 1]):
                    one = head[at]
                    if rank[one] < 0 or dominator[one] < 0:
                        continue
                    if other < 0:
                        other = one
                    while one != other:
                        while rank[one] > rank[other]:
                            one = dominator[one]
                        while rank[other] > rank[one]:
                            other = dominator[other]
                if other != dominator[node]:
                    dominator[node] = cython.cast(cython.int, other)
                    changed = True


def carry(dominator: Any, order: Any, held: Any) -> Any:
    """What each node and all below it in the dominator tree hold (int64); nothing for nodes not in ``order``."""
    below = np.zeros(len(held), dtype=np.int64)
    below[order] = held[order]
    _carry(dominator, order, below)
    return below


@cython.ccall
@cython.locals(
    dominator=cython.int[::1],
    order=cython.int[::1],
    below=cython.longlong[::1],
    step=cython.Py_ssize_t,
    node=cython.Py_ssize_t,
)
def _carry(dominator: Any, order: Any, below: Any) -> Any:
    with cython.nogil:
        for step in range(order.shape[0] - 1):
            node = order[order.shape[0] - 1 - step]
            below[dominator[node]] += below[node]
