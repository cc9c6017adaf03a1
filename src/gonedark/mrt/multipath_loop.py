# cython: wraparound=False, initializedcheck=False, cdivision=True
"""Peers that hold several paths to one prefix (ADD-PATH, RFC 7911): only the last withdrawal loses the prefix.

Begin with :class:`MultipathLoop`, which :mod:`gonedark.mrt.multipath` feeds with memory. It remembers which path
identifiers of a (peer, prefix) are announced, and drops withdrawals that leave others. A session that leaves the state
Established takes its paths with it. What does not fit is not remembered: its withdrawals then count at once.
"""

from typing import Any

import cython

if cython.compiled:
    from cython.cimports.gonedark.mrt.span import fold
else:
    from gonedark.mrt.span import fold

ANNOUNCE = cython.declare(cython.int, 0)
WITHDRAW = cython.declare(cython.int, 1)
RIB_ENTRY = cython.declare(cython.int, 2)
STATE = cython.declare(cython.int, 3)
ESTABLISHED = cython.declare(cython.int, 6)
ADD_PATH = cython.declare(cython.int, 16)
DROPPED = 255
"""The kind of a row that is to be left out."""
DROP = cython.declare(cython.int, 255)
STIR = cython.declare(cython.ulonglong, 0x9E3779B97F4A7C15)
MASK_32 = cython.declare(cython.ulonglong, (1 << 32) - 1)


@cython.final
@cython.cclass
class MultipathLoop:
    """Two hash tables with open addressing: announced paths, and how many there are of each (peer, prefix).

    Keys are peer * 2**32 + prefix + 1; 0 is an empty slot. An entry counts only while its epoch is the peer's, so that
    forgetting all paths of a peer is one addition.
    """

    seed: cython.ulonglong
    path_key: cython.ulonglong[::1]
    path_id: cython.uint[::1]
    path_epoch: cython.uint[::1]
    held_key: cython.ulonglong[::1]
    held_count: cython.int[::1]
    held_epoch: cython.uint[::1]
    epoch: cython.uint[::1]
    kind: cython.uchar[::1]
    flags: cython.uchar[::1]
    peer: cython.int[::1]
    prefix: cython.int[::1]
    state: cython.ushort[::1]
    row_path_id: cython.uint[::1]
    paths = cython.declare(cython.Py_ssize_t, visibility="public")

    def __init__(self, seed: int, epoch: Any) -> None:
        self.seed = seed
        self.epoch = epoch
        self.paths = 0

    def use(self, paths: Any, helds: Any) -> None:
        """Empty tables of equal size, a power of two: keys, identifiers, epochs; keys, counts, epochs."""
        self.path_key, self.path_id, self.path_epoch = paths
        self.held_key, self.held_count, self.held_epoch = helds
        self.paths = 0

    def refill(self, key: Any, path_id: Any, epoch: Any) -> None:
        """Take over what still counts of a smaller table of paths."""
        keys: cython.ulonglong[::1] = key
        ids: cython.uint[::1] = path_id
        epochs: cython.uint[::1] = epoch
        slot: cython.Py_ssize_t
        with cython.nogil:
            for slot in range(keys.shape[0] if cython.compiled else len(keys)):
                if keys[slot] != 0 and epochs[slot] == self.epoch[(keys[slot] - 1) >> 32]:
                    self._announce(keys[slot], ids[slot], epochs[slot])

    def run(self, rows: Any, first: cython.Py_ssize_t, last: cython.Py_ssize_t) -> int:
        """Follow rows (kind, flags, peer, prefix, state, path identifier); how many were made DROPPED."""
        dropped: cython.Py_ssize_t
        self.kind, self.flags, self.peer, self.prefix, self.state, self.row_path_id = rows
        with cython.nogil:
            dropped = self._run(first, last)
        return dropped

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _run(self, first: cython.Py_ssize_t, last: cython.Py_ssize_t) -> cython.Py_ssize_t:
        row: cython.Py_ssize_t
        dropped: cython.Py_ssize_t = 0
        peer: cython.ulonglong
        key: cython.ulonglong
        for row in range(first, last):
            if self.peer[row] < 0:
                continue
            peer = self.peer[row]
            if self.kind[row] == STATE:
                if self.state[row] & 255 != ESTABLISHED:
                    self.epoch[peer] = (self.epoch[peer] + 1) & MASK_32
            elif self.flags[row] & ADD_PATH and self.prefix[row] >= 0:
                key = (peer << 32) + self.prefix[row] + 1
                if self.kind[row] == WITHDRAW:
                    if self._withdraw(key, self.row_path_id[row], self.epoch[peer]):
                        self.kind[row] = DROP
                        dropped += 1
                elif self.kind[row] == ANNOUNCE or self.kind[row] == RIB_ENTRY:
                    self._announce(key, self.row_path_id[row], self.epoch[peer])
        return dropped

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _announce(self, key: cython.ulonglong, path_id: cython.uint, epoch: cython.uint) -> cython.int:
        path: cython.Py_ssize_t = self._find_path(key, path_id)
        held: cython.Py_ssize_t
        if self.path_key[path] == 0:
            if 4 * (self.paths + 1) > 3 * self._room():
                return 0
            self.path_key[path] = key
            self.path_id[path] = path_id
            self.paths += 1
        elif self.path_epoch[path] == epoch:
            return 0
        self.path_epoch[path] = epoch
        held = self._find_held(key)
        if self.held_key[held] == 0 or self.held_epoch[held] != epoch:
            self.held_key[held] = key
            self.held_epoch[held] = epoch
            self.held_count[held] = 0
        self.held_count[held] += 1
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _withdraw(self, key: cython.ulonglong, path_id: cython.uint, epoch: cython.uint) -> cython.int:
        """Whether other paths of this peer to the prefix remain."""
        path: cython.Py_ssize_t = self._find_path(key, path_id)
        held: cython.Py_ssize_t = self._find_held(key)
        if self.held_key[held] == 0 or self.held_epoch[held] != epoch:
            return 0
        if self.path_key[path] != 0 and self.path_epoch[path] == epoch:
            self.path_epoch[path] = (epoch - 1) & MASK_32
            self.held_count[held] -= 1
        return self.held_count[held] > 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _room(self) -> cython.Py_ssize_t:
        return self.path_key.shape[0] if cython.compiled else len(self.path_key)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _find_path(self, key: cython.ulonglong, path_id: cython.uint) -> cython.Py_ssize_t:
        mask: cython.Py_ssize_t = self._room() - 1
        slot: cython.Py_ssize_t = fold(self.seed ^ key, STIR ^ path_id) & mask
        while self.path_key[slot] != 0 and (self.path_key[slot] != key or self.path_id[slot] != path_id):
            slot = (slot + 1) & mask
        return slot

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _find_held(self, key: cython.ulonglong) -> cython.Py_ssize_t:
        mask: cython.Py_ssize_t = self._room() - 1
        slot: cython.Py_ssize_t = fold(self.seed ^ key, STIR) & mask
        while self.held_key[slot] != 0 and self.held_key[slot] != key:
            slot = (slot + 1) & mask
        return slot
