# cython: wraparound=False, initializedcheck=False, cdivision=True
"""Where decoded rows go, and the few things every kind of record is made of: prefixes, addresses, peers.

Begin with :class:`Sink`, the base of the loops for table dumps and for messages. Not for use outside the room.
"""

from typing import Any

import cython

FINDING_CAUSES = (
    "a prefix is longer than its family allows",
    "a record or field ends within a prefix",
    "a table record ends within an entry",
    "a table entry names a peer that the peer index table does not have",
    "a table record is of an address family that is not read",
    "a record holds more routes than are read",
    "a record of BGP4MP ends within its header",
    "a record of BGP4MP is of an unknown address family",
    "a BGP message does not begin with its marker",
    "a BGP message has a length that no message can have",
    "a BGP message is longer than its record",
    "the withdrawn routes are longer than their message",
    "the path attributes are longer than their message",
    "an attribute is longer than the attributes",
    "MP_REACH_NLRI or MP_UNREACH_NLRI is too short",
    "MP_REACH_NLRI or MP_UNREACH_NLRI is there twice",
    "the next hop of MP_REACH_NLRI has a length that none can have",
    "a route is of an address family that is not read",
    "a BGP message is of an unknown type",
    "a record type that is obsolete was skipped",
    "a state change is too short",
    "routes carry path identifiers although their record does not say so",
)
"""What a finding's code means."""
LONG_PREFIX = cython.declare(cython.int, 0)
CUT_PREFIX = cython.declare(cython.int, 1)
ALL_ONES = cython.declare(cython.ulonglong, (1 << 64) - 1)


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=False)
def _overlaps(ranges: cython.ulonglong[::1], first: cython.ulonglong, last: cython.ulonglong) -> cython.int:
    """Whether any of the ranges does."""
    left: cython.Py_ssize_t = 0
    count: cython.Py_ssize_t = (ranges.shape[0] if cython.compiled else len(ranges)) // 2
    right: cython.Py_ssize_t = count
    middle: cython.Py_ssize_t
    while left < right:
        middle = (left + right) // 2
        if ranges[2 * middle + 1] < first:
            left = middle + 1
        else:
            right = middle
    return left < count and ranges[2 * left] <= last


@cython.cclass
class Sink:
    """Writes rows, prefixes, peers and attribute blocks, and counts them; ``attributes`` judges the blocks.

    ``rows`` is where the next run goes on writing; the other counters start at zero with every run.
    """

    def __init__(self, records: Any, view: Any, attributes: Any, wanted: Any, everything: bool) -> None:
        self.attributes = attributes
        self.record_time, self.record_type = view(records.record_time_us), view(records.record_type)
        self.record_subtype = view(records.record_subtype)
        self.record_start, self.record_end = view(records.record_start), view(records.record_end)
        self.block_start, self.block_length = view(records.block_start), view(records.block_length)
        self.block_form = view(records.block_form)
        self.finding_byte, self.finding_code = view(records.finding_byte), view(records.finding_code)
        self.row_room = 0
        self.select = wanted is not None
        if wanted is not None:
            self.wanted_v4, self.wanted_v6 = wanted
        self.everything = everything
        self.base = 0
        self.rows = 0
        self.high = 0
        self.low = 0
        self.time_us = 0
        self.flags = 0
        self._start()

    def use(self, buffer: Any, base: int) -> None:
        """Read from this buffer from now on; ``base`` is where it begins in the stream."""
        self.buffer = buffer
        self.base = base

    def use_rows(self, rows: Any, view: Any) -> None:
        """Write rows there from now on."""
        self.row_time, self.row_kind, self.row_peer = view(rows.time_us), view(rows.kind), view(rows.peer)
        self.row_prefix, self.row_path, self.row_flags = view(rows.prefix), view(rows.path), view(rows.flags)
        self.row_state, self.row_path_id = view(rows.state), view(rows.path_id)
        self.row_room = rows.room
        self.keeps_path_ids = rows.keeps_path_ids

    def use_keys(self, keys: Any, view: Any) -> None:
        """Write prefixes and peers there from now on."""
        self.prefix_high, self.prefix_low = view(keys.prefix_high), view(keys.prefix_low)
        self.prefix_length, self.prefix_family = view(keys.prefix_length), view(keys.prefix_family)
        self.peer_asn, self.peer_high = view(keys.peer_asn), view(keys.peer_high)
        self.peer_low, self.peer_family = view(keys.peer_low), view(keys.peer_family)
        self.local_high, self.local_low = view(keys.local_high), view(keys.local_low)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _start(self) -> cython.int:
        self.prefixes = 0
        self.blocks = 0
        self.peers = 0
        self.findings = 0
        self.judged = 0
        self.attributes.start()
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _judge_blocks(self) -> cython.int:
        """Judge what was added since."""
        first: cython.Py_ssize_t = self.judged
        self.judged = self.blocks
        return self.attributes.judge(first, self.blocks)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _read_prefix(self, at: cython.Py_ssize_t, stop: cython.Py_ssize_t, v6: cython.int) -> cython.Py_ssize_t:
        """Read a length and its bytes as a new prefix; the place behind it, or -2 where it is not sound."""
        bits: cython.int
        size: cython.Py_ssize_t
        if at >= stop:
            self._note(at, CUT_PREFIX)
            return -2
        bits = self.buffer[at]
        size = (bits + 7) // 8
        if bits > (128 if v6 else 32):
            self._note(at, LONG_PREFIX)
            return -2
        if at + 1 + size > stop:
            self._note(at, CUT_PREFIX)
            return -2
        self._read_address(at + 1, 16 if v6 else 4, bits)
        self._add_prefix(v6, bits)
        return at + 1 + size

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _read_address(self, at: cython.Py_ssize_t, size: cython.Py_ssize_t, bits: cython.int) -> cython.int:
        """Set ``high`` and ``low`` to an address of ``size`` bytes of which ``bits`` bits count, the others zero."""
        high: cython.ulonglong = 0
        low: cython.ulonglong = 0
        present: cython.Py_ssize_t = (bits + 7) // 8
        if size == 4:
            low = self._word(at, present, bits) >> 32
        elif present <= 8:
            high = self._word(at, present, bits)
        else:
            high = self._word(at, 8, 64)
            low = self._word(at + 8, present - 8, bits - 64)
        self.high = high
        self.low = low
        return 0

    @cython.cfunc
    @cython.inline
    @cython.nogil
    @cython.exceptval(18446744073709551615, check=True)
    def _word(self, at: cython.Py_ssize_t, present: cython.Py_ssize_t, bits: cython.int) -> cython.ulonglong:
        """Up to eight bytes as the upper ones of 64 bits, of which ``bits`` count."""
        word: cython.ulonglong = 0
        offset: cython.Py_ssize_t
        if present == 0:
            return 0
        for offset in range(present):
            word = (word << 8) | self.buffer[at + offset]
        return (word >> (8 * present - bits)) << (64 - bits)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _add_prefix(self, v6: cython.int, bits: cython.int) -> cython.int:
        at: cython.Py_ssize_t = self.prefixes
        self.prefix_high[at] = self.high
        self.prefix_low[at] = self.low
        self.prefix_length[at] = bits
        self.prefix_family[at] = v6
        self.prefixes = at + 1
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _is_wanted(self, v6: cython.int) -> cython.int:
        """Whether the last prefix overlaps a wanted range (sorted, disjoint, first and last in turn)."""
        bits: cython.int = self.prefix_length[self.prefixes - 1]
        width: cython.int = 64 if v6 else 32
        first: cython.ulonglong = self.high if v6 else self.low
        last: cython.ulonglong = first
        if bits < width:
            last = first | (ALL_ONES >> (64 - width + bits))
        # Handed on and not kept in a variable, which would count references for every prefix.
        if v6:
            return _overlaps(self.wanted_v6, first, last)
        return _overlaps(self.wanted_v4, first, last)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _add_peer(self, v6: cython.int, asn: cython.longlong) -> cython.int:
        """The address read last is that of a peer with this AS number."""
        at: cython.Py_ssize_t = self.peers
        self.peer_asn[at] = asn
        self.peer_high[at] = self.high
        self.peer_low[at] = self.low
        self.peer_family[at] = v6
        self.local_high[at] = 0
        self.local_low[at] = 0
        self.peers = at + 1
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _add_block(self, at: cython.Py_ssize_t, length: cython.Py_ssize_t, form: cython.int) -> cython.int:
        block: cython.Py_ssize_t = self.blocks
        self.block_start[block] = at
        self.block_length[block] = length
        self.block_form[block] = form
        self.blocks = block + 1
        return block

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _add_row(self, kind: cython.int, peer: cython.int, block: cython.int, path_id: cython.longlong) -> cython.int:
        """A row about the last prefix."""
        row: cython.Py_ssize_t = self.rows
        self.row_time[row] = self.time_us
        self.row_kind[row] = kind
        self.row_peer[row] = peer
        self.row_prefix[row] = self.prefixes - 1
        self.row_path[row] = block
        self.row_flags[row] = self.flags
        self.row_state[row] = 0
        self.row_path_id[row] = path_id
        self.rows = row + 1
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _note(self, at: cython.Py_ssize_t, cause: cython.int) -> cython.int:
        """A finding; all are counted, but only so many are kept."""
        room: cython.Py_ssize_t = self.finding_byte.shape[0] if cython.compiled else len(self.finding_byte)
        if self.findings < room:
            self.finding_byte[self.findings] = self.base + at
            self.finding_code[self.findings] = cause
        self.findings += 1
        return 0
