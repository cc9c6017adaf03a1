# cython: wraparound=False, initializedcheck=False, cdivision=True
"""Path attributes: is a block of them sound (RFC 7606), and which AS path does it hold (RFC 4271, 5065, 6793).

Begin with :class:`AttributeLoop`. AS paths leave it in one canonical form, whatever the width of their AS numbers was:
segments of type, count and AS numbers of four bytes, neighbouring sequences joined. Not for next hops or communities,
which only :mod:`gonedark.mrt.attributes` reads.
"""

from typing import Any

import cython

if cython.compiled:
    from cython.cimports.gonedark.mrt.span import copy, get16, hash_span
else:
    from gonedark.mrt.span import copy, get16, hash_span

FINDINGS = (
    ("an attribute is longer than the attributes", "treated as withdrawn"),
    ("an attribute's flags contradict its type", "treated as withdrawn"),
    ("an attribute is there twice", "the first one counts"),
    ("ORIGIN is malformed", "treated as withdrawn"),
    ("AS_PATH is malformed", "treated as withdrawn"),
    ("NEXT_HOP is malformed", "treated as withdrawn"),
    ("MULTI_EXIT_DISC is malformed", "treated as withdrawn"),
    ("a community attribute is malformed", "treated as withdrawn"),
    ("an attribute of no weight for the route is malformed", "attribute discarded"),
    ("a mandatory attribute is missing", "treated as withdrawn"),
    ("AS_PATH has AS numbers of the other width than its record says", "read in the width that fits"),
    ("AS4_PATH is malformed", "attribute discarded"),
    ("AS_PATH of a table entry is malformed", "entry kept without its path"),
    ("an attribute of a table entry is malformed", "ignored"),
)
"""What a finding's code means, and what was done (RFC 7606 section 2)."""
OVERRUN = cython.declare(cython.int, 0)
FLAGS = cython.declare(cython.int, 1)
TWICE = cython.declare(cython.int, 2)
ORIGIN = cython.declare(cython.int, 3)
AS_PATH = cython.declare(cython.int, 4)
NEXT_HOP = cython.declare(cython.int, 5)
MED = cython.declare(cython.int, 6)
COMMUNITY = cython.declare(cython.int, 7)
DISCARDED = cython.declare(cython.int, 8)
MISSING = cython.declare(cython.int, 9)
OTHER_WIDTH = cython.declare(cython.int, 10)
AS4_PATH = cython.declare(cython.int, 11)
TABLE_PATH = cython.declare(cython.int, 12)
TABLE_OTHER = cython.declare(cython.int, 13)

FORM_AS4 = cython.declare(cython.int, 1)
FORM_TABLE = cython.declare(cython.int, 2)
FORM_NLRI = cython.declare(cython.int, 4)

AS_SEQUENCE = cython.declare(cython.int, 2)
AS_TRANS = cython.declare(cython.int, 23456)


@cython.final
@cython.cclass
class AttributeLoop:
    """Judges blocks and copies their AS paths.

    ``withdrawn`` counts blocks whose routes count as withdrawn; of block ``i``, ``verdict[i]`` says it. The canonical
    path is ``span_length[i]`` bytes (-1: none) at ``span_start[i]`` of ``side``, and ``span_hash[i]`` their hash under
    the ``secrets`` of those who look them up: here they are near the processor. What has no bounds checks reads only
    from ``at`` up to ``stop``, of which ``judge`` has seen that they lie in the buffer.
    """

    def __init__(self, records: Any, view: Any, secrets: tuple[int, int]) -> None:
        self.seed, self.key = secrets
        self.block_start, self.block_length = view(records.block_start), view(records.block_length)
        self.block_form, self.verdict = view(records.block_form), view(records.block_verdict)
        self.finding_byte, self.finding_code = view(records.attribute_byte), view(records.attribute_code)
        self.base = 0
        self.start()
        self.last_segment = -1
        self.withdraw = False
        self.seen = 0
        self.form = 0
        self._forget()

    def use(self, buffer: Any, base: int) -> None:
        """Read from this buffer, which begins at ``base`` of the stream."""
        self.buffer = buffer
        self.base = base

    def use_keys(self, keys: Any, view: Any) -> None:
        """Write the paths there; ``side`` has at least twice the buffer's size."""
        self.side, self.span_hash = view(keys.side), view(keys.span_hash)
        self.span_start, self.span_length = view(keys.span_start), view(keys.span_length)

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def start(self) -> cython.int:
        """No block of this run has been judged yet."""
        self.findings = 0
        self.withdrawn = 0
        self.side_used = 0
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.boundscheck(False)
    @cython.exceptval(-1, check=False)
    def judge(self, first: cython.Py_ssize_t, last: cython.Py_ssize_t) -> cython.int:
        """Judge blocks ``first`` up to ``last``, while their bytes are still near the processor."""
        block: cython.Py_ssize_t
        start: cython.Py_ssize_t
        stop: cython.Py_ssize_t
        size: cython.Py_ssize_t = self.buffer.shape[0] if cython.compiled else len(self.buffer)
        self._check_room(first, last)
        for block in range(first, last):
            start = self.block_start[block]
            stop = start + self.block_length[block]
            if start < 0 or stop > size:
                raise IndexError("attributes outside the buffer")
            self.form = self.block_form[block]
            self.withdraw = False
            self._forget()
            if self.form & FORM_TABLE:
                self._find(start, stop)
            else:
                self._walk(start, stop)
                self._require(start)
            self._path(block)
            if self.span_length[block] >= 0:
                self.span_hash[block] = hash_span(
                    self.side, self.span_start[block], self.span_length[block], self.seed, self.key
                )
            self.verdict[block] = self.withdraw
            self.withdrawn += self.withdraw
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _check_room(self, first: cython.Py_ssize_t, last: cython.Py_ssize_t) -> cython.int:
        """That the columns have so many blocks, so that it need not be asked for each. Raises IndexError."""
        blocks: cython.Py_ssize_t = self.block_start.shape[0] if cython.compiled else len(self.block_start)
        spans: cython.Py_ssize_t = self.span_start.shape[0] if cython.compiled else len(self.span_start)
        hashes: cython.Py_ssize_t = self.span_hash.shape[0] if cython.compiled else len(self.span_hash)
        if first < 0 or last > blocks or last > spans or last > hashes:
            raise IndexError("blocks outside their columns")
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.boundscheck(False)
    @cython.exceptval(-1, check=False)
    def _forget(self) -> cython.int:
        """Nothing of the next block has been found yet."""
        self.path_at = -1
        self.path_length = 0
        self.as4_at = -1
        self.as4_length = 0
        self.aggregator_at = -1
        self.has_as4_aggregator = False
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.boundscheck(False)
    @cython.exceptval(-1, check=False)
    def _find(self, at: cython.Py_ssize_t, stop: cython.Py_ssize_t) -> cython.int:
        """Where the paths of a table entry lie. Its router has accepted the route, so that nothing else matters."""
        kind: cython.int
        length: cython.Py_ssize_t
        while at + 3 <= stop:
            kind = self.buffer[at + 1]
            if not self.buffer[at] & 0x10:
                length = self.buffer[at + 2]
                at += 3
            elif at + 4 <= stop:
                length = (self.buffer[at + 2] << 8) | self.buffer[at + 3]
                at += 4
            else:
                return self._bad(at, OVERRUN, True)
            if at + length > stop:
                return self._bad(at, OVERRUN, True)
            if kind == 2:
                self.path_at = at
                self.path_length = length
                if self.form & FORM_AS4:
                    return 0
            else:
                self._note_as4(kind, at, length)
            at += length
        return 0 if at == stop else self._bad(at, OVERRUN, True)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _walk(self, at: cython.Py_ssize_t, stop: cython.Py_ssize_t) -> cython.int:
        """Step from attribute to attribute, judge each, and note where the paths lie."""
        flags: cython.int
        kind: cython.int
        length: cython.Py_ssize_t
        bit: cython.uint
        self.seen = 0
        while at < stop:
            if at + 3 > stop:
                return self._bad(at, OVERRUN, True)
            flags = self.buffer[at]
            kind = self.buffer[at + 1]
            if flags & 0x10:
                if at + 4 > stop:
                    return self._bad(at, OVERRUN, True)
                length = get16(self.buffer, at + 2)
                at += 4
            else:
                length = self.buffer[at + 2]
                at += 3
            if at + length > stop:
                return self._bad(at, OVERRUN, True)
            if kind < 32:
                bit = cython.cast(cython.uint, 1) << kind
                if self.seen & bit:
                    self._bad(at, TWICE, False)
                else:
                    self.seen |= bit
                    self._judge(kind, flags, at, length)
            elif kind == 32 and (length == 0 or length % 12):
                self._bad(at, COMMUNITY, True)
            at += length
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _judge(
        self, kind: cython.int, flags: cython.int, at: cython.Py_ssize_t, length: cython.Py_ssize_t
    ) -> cython.int:
        """RFC 7606 section 7, for a session with another AS."""
        if kind <= 3 and flags & 0xC0 != 0x40:
            self._bad(at, FLAGS, True)
        if kind == 2:
            self.path_at = at
            self.path_length = length
        elif kind == 1:
            if length != 1 or self.buffer[at] > 2:
                self._bad(at, ORIGIN, True)
        elif kind == 3:
            if length != 4:
                self._bad(at, NEXT_HOP, True)
        elif kind == 4:
            if length != 4:
                self._bad(at, MED, True)
        elif kind == 8:
            if length == 0 or length & 3:
                self._bad(at, COMMUNITY, True)
        elif kind == 16:
            if length == 0 or length & 7:
                self._bad(at, COMMUNITY, True)
        elif kind == 5:
            if length != 4:
                self._bad(at, DISCARDED, False)
        elif kind == 6:
            if length != 0:
                self._bad(at, DISCARDED, False)
        elif (kind == 7 and length != 6 and length != 8) or (kind == 18 and length != 8):
            self._bad(at, DISCARDED, False)
        else:
            self._note_as4(kind, at, length)
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _note_as4(self, kind: cython.int, at: cython.Py_ssize_t, length: cython.Py_ssize_t) -> cython.int:
        """Where AS4_PATH lies, and what says whether it counts."""
        if kind == 17:
            self.as4_at = at
            self.as4_length = length
        elif kind == 7 and length == 6:
            self.aggregator_at = at
        elif kind == 18:
            self.has_as4_aggregator = True
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _require(self, at: cython.Py_ssize_t) -> cython.int:
        """ORIGIN and AS_PATH with every route, NEXT_HOP with plain ones (RFC 4271 section 5, RFC 7606 section 3d)."""
        needed: cython.uint = 0b1110 if self.form & FORM_NLRI else 0b0110
        if self.seen & needed != needed:
            self._bad(at, MISSING, True)
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.boundscheck(False)
    @cython.exceptval(-1, check=False)
    def _path(self, block: cython.Py_ssize_t) -> cython.int:
        width: cython.int = 4 if self.form & FORM_AS4 else 2
        at: cython.Py_ssize_t = self.path_at
        length: cython.Py_ssize_t = self.path_length
        start: cython.Py_ssize_t = self.side_used
        self.span_start[block] = 0
        self.span_length[block] = -1
        if at < 0:
            return 0
        if width == 4 and length >= 6 and self.buffer[at] == AS_SEQUENCE and length == 2 + 4 * self.buffer[at + 1]:
            copy(self.side, start, self.buffer, at, length)
            self.span_start[block] = start
            self.span_length[block] = length
            self.side_used = start + length
            return 0
        if not self._is_path(at, length, width):
            width = 6 - width
            if not self._is_path(at, length, width):
                return self._bad(at, AS_PATH, True)
            self._bad(at, OTHER_WIDTH, False)
        if width == 2 and self.as4_at >= 0:
            self._merge(at, length)
        else:
            self.last_segment = -1
            self._append(at, length, width, 1 << 30)
        self.span_start[block] = start
        self.span_length[block] = self.side_used - start
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.boundscheck(False)
    @cython.exceptval(-1, check=False)
    def _is_path(self, at: cython.Py_ssize_t, length: cython.Py_ssize_t, width: cython.int) -> cython.int:
        """Whether the bytes are segments of known types, none empty, that end exactly at the end."""
        stop: cython.Py_ssize_t = at + length
        while at < stop:
            if at + 2 > stop or not (1 <= self.buffer[at] <= 4) or self.buffer[at + 1] == 0:
                return 0
            at += 2 + width * self.buffer[at + 1]
        return at == stop

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _hops(self, at: cython.Py_ssize_t, length: cython.Py_ssize_t, width: cython.int) -> cython.Py_ssize_t:
        """Path length as route selection counts it: a set is one, confederations none (RFC 5065 section 5.3)."""
        stop: cython.Py_ssize_t = at + length
        hops: cython.Py_ssize_t = 0
        while at < stop:
            if self.buffer[at] == AS_SEQUENCE:
                hops += self.buffer[at + 1]
            elif self.buffer[at] == 1:
                hops += 1
            at += 2 + width * self.buffer[at + 1]
        return hops

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _merge(self, at: cython.Py_ssize_t, length: cython.Py_ssize_t) -> cython.int:
        """AS4_PATH behind the leading part of AS_PATH that it does not cover (RFC 6793 section 4.2.3)."""
        keep: cython.Py_ssize_t
        self.last_segment = -1
        if self.has_as4_aggregator and self.aggregator_at >= 0 and get16(self.buffer, self.aggregator_at) != AS_TRANS:
            # A router that knows only two-byte numbers aggregated the route later: the four-byte path is stale.
            return self._append(at, length, 2, 1 << 30)
        if not self._is_path(self.as4_at, self.as4_length, 4):
            self._bad(self.as4_at, AS4_PATH, False)
            return self._append(at, length, 2, 1 << 30)
        keep = self._hops(at, length, 2) - self._hops(self.as4_at, self.as4_length, 4)
        if keep < 0:
            return self._append(at, length, 2, 1 << 30)
        self._append(at, length, 2, keep)
        return self._append(self.as4_at, self.as4_length, 4, 1 << 30)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _append(
        self, at: cython.Py_ssize_t, length: cython.Py_ssize_t, width: cython.int, hops: cython.Py_ssize_t
    ) -> cython.int:
        """Write the segments of a sound path canonically, until ``hops`` hops are written."""
        stop: cython.Py_ssize_t = at + length
        kind: cython.int
        count: cython.int
        take: cython.Py_ssize_t
        while at < stop and hops > 0:
            kind = self.buffer[at]
            count = self.buffer[at + 1]
            take = count
            if kind == AS_SEQUENCE:
                take = hops if hops < count else count
                hops -= take
            elif kind == 1:
                hops -= 1
            self._segment(kind, take, at + 2, width)
            at += 2 + width * count
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _segment(
        self, kind: cython.int, count: cython.Py_ssize_t, at: cython.Py_ssize_t, width: cython.int
    ) -> cython.int:
        out: cython.Py_ssize_t = self.side_used
        number: cython.Py_ssize_t
        joined: cython.int
        if (
            kind == AS_SEQUENCE
            and self.last_segment >= 0
            and self.side[self.last_segment] == AS_SEQUENCE
            and self.side[self.last_segment + 1] + count <= 255
        ):
            joined = self.side[self.last_segment + 1] + count
            self.side[self.last_segment + 1] = joined
        else:
            self.last_segment = out
            self.side[out] = kind
            self.side[out + 1] = count
            out += 2
        if width == 4:
            copy(self.side, out, self.buffer, at, 4 * count)
        else:
            for number in range(count):
                self.side[out + 4 * number] = 0
                self.side[out + 4 * number + 1] = 0
                self.side[out + 4 * number + 2] = self.buffer[at + 2 * number]
                self.side[out + 4 * number + 3] = self.buffer[at + 2 * number + 1]
        self.side_used = out + 4 * count
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _bad(self, at: cython.Py_ssize_t, cause: cython.int, withdraw: cython.bint) -> cython.int:
        """A finding. A table entry was accepted by its router, so that only its path can be lost."""
        room: cython.Py_ssize_t = self.finding_byte.shape[0] if cython.compiled else len(self.finding_byte)
        if self.form & FORM_TABLE:
            if withdraw:
                cause = TABLE_PATH if cause == AS_PATH else TABLE_OTHER
            withdraw = False
        if withdraw:
            self.withdraw = True
        if self.findings < room:
            self.finding_byte[self.findings] = self.base + at
            self.finding_code[self.findings] = cause
        self.findings += 1
        return 0
