# cython: language_level=3, boundscheck=True, annotation_typing=False
"""Who holds which prefix, as one bit a session, and how large every session's table is: compiled where possible.

Only sizes come out of it: the full-feed decision needs the number of prefixes of every session, whatever country is
asked for. Begin with :class:`Holders`; :func:`take_first` is for those whose paths are kept. Not for decisions.
"""

from typing import Any

import cython
import numpy as np


class Holders:
    """Bits (prefix x session) and the sizes that they add up to. Prefix and session ids are the dictionaries'."""

    def __init__(self) -> None:
        self.words = 1
        self.bits = np.zeros((1024, 1), dtype=np.uint64)
        self.sizes = np.zeros((64, 2), dtype=np.int64)

    def reserve(self, prefixes: Any, sessions: Any) -> None:
        """Make room for so many prefixes and sessions; what is known stays."""
        words = max(self.words, (sessions + 63) // 64)
        if prefixes > len(self.bits) or words > self.words:
            rows = len(self.bits) if prefixes <= len(self.bits) else max(prefixes, len(self.bits) * 3 // 2)
            grown = np.zeros((rows, words), dtype=np.uint64)
            grown[: len(self.bits), : self.words] = self.bits
            self.bits, self.words = grown, words
        if sessions > len(self.sizes):
            sizes = np.zeros((max(sessions, 2 * len(self.sizes)), 2), dtype=np.int64)
            sizes[: len(self.sizes)] = self.sizes
            self.sizes = sizes

    def clear_session(self, session: Any) -> None:
        """The session's table is gone (reset)."""
        if self.sizes[session].any():
            self.bits[:, session // 64] &= np.uint64(~(1 << (session % 64)) & 0xFFFFFFFFFFFFFFFF)
            self.sizes[session] = 0

    def clear_families(self, family: Any, covered: Any) -> None:
        """Forget all prefixes whose family (0 or 1, one a prefix) is covered by a dump that replaces them."""
        self.bits[: len(family)][covered[family]] = 0
        self.sizes[:, covered] = 0

    def apply_rows(self, kind: Any, peer: Any, prefix: Any, family: Any, start: Any, stop: Any) -> None:
        """Apply announcements, withdrawals and dump entries in rows [start, stop)."""
        _apply_rows(self.bits, self.sizes, kind, peer, prefix, family, start, stop)

    def apply_masks(self, prefix: Any, mask: Any, family: Any) -> None:
        """Apply a dump's presence: bits of ``mask`` (n, words) for ``prefix`` (n)."""
        _apply_masks(self.bits, self.sizes, prefix, mask, family)


@cython.ccall
@cython.wraparound(False)
@cython.locals(
    bits=cython.ulonglong[:, ::1],
    sizes=cython.longlong[:, ::1],
    kind=cython.uchar[::1],
    peer=cython.int[::1],
    prefix=cython.int[::1],
    family=cython.uchar[::1],
    start=cython.Py_ssize_t,
    stop=cython.Py_ssize_t,
    row=cython.Py_ssize_t,
    at=cython.Py_ssize_t,
    who=cython.Py_ssize_t,
    word=cython.Py_ssize_t,
    bit=cython.ulonglong,
    old=cython.ulonglong,
)
def _apply_rows(bits: Any, sizes: Any, kind: Any, peer: Any, prefix: Any, family: Any, start: Any, stop: Any) -> None:
    with cython.nogil:
        for row in range(start, stop):
            # The casts cost nothing compiled; uncompiled they make numbers that can be shifted of NumPy's scalars.
            at = cython.cast(cython.Py_ssize_t, prefix[row])
            who = cython.cast(cython.Py_ssize_t, peer[row])
            if at < 0 or who < 0:
                continue
            word = who >> 6
            bit = cython.cast(cython.ulonglong, 1) << (who & 63)
            old = cython.cast(cython.ulonglong, bits[at, word])
            if kind[row] == 1:
                if old & bit:
                    bits[at, word] = old ^ bit
                    sizes[who, family[row]] -= 1
            elif (kind[row] == 0 or kind[row] == 2) and not (old & bit):
                bits[at, word] = old | bit
                sizes[who, family[row]] += 1


@cython.ccall
@cython.wraparound(False)
@cython.locals(
    bits=cython.ulonglong[:, ::1],
    sizes=cython.longlong[:, ::1],
    prefix=cython.int[::1],
    mask=cython.ulonglong[:, ::1],
    family=cython.uchar[::1],
    row=cython.Py_ssize_t,
    at=cython.Py_ssize_t,
    word=cython.Py_ssize_t,
    who=cython.Py_ssize_t,
    new=cython.ulonglong,
)
def _apply_masks(bits: Any, sizes: Any, prefix: Any, mask: Any, family: Any) -> None:
    with cython.nogil:
        for row in range(prefix.shape[0]):
            at = prefix[row]
            for word in range(mask.shape[1]):
                new = mask[row, word] & ~bits[at, word]
                bits[at, word] |= new
                who = word << 6
                while new:
                    if new & 1:
                        sizes[who, family[row]] += 1
                    new >>= 1
                    who += 1


@cython.ccall
@cython.wraparound(False)
@cython.locals(
    prefix=cython.int[::1],
    peer=cython.int[::1],
    path=cython.int[::1],
    slots=cython.int[::1],
    matrix=cython.int[:, ::1],
    nothing=cython.int,
    row=cython.Py_ssize_t,
    slot=cython.Py_ssize_t,
)
def take_first(prefix: Any, peer: Any, path: Any, slots: Any, matrix: Any, nothing: Any) -> None:
    """Write the paths of rows into the matrix (slot, session) where ``nothing`` stands there yet.

    ``slots`` give each prefix's, below zero for prefixes that have none.
    """
    with cython.nogil:
        for row in range(prefix.shape[0]):
            if prefix[row] < 0 or peer[row] < 0:
                continue
            slot = slots[prefix[row]]
            if slot >= 0 and matrix[slot, peer[row]] == nothing:
                matrix[slot, peer[row]] = path[row]
