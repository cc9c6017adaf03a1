# cython: wraparound=False, initializedcheck=False, cdivision=True
"""Where records begin and end: MRT framing (RFC 6396 section 2) over any chunking, with resynchronisation.

Begin with :class:`Framer`. A record is taken when its header is known and another header (or the end of the stream)
follows it. Where none follows, the next boundary is looked for byte by byte; it is accepted only on evidence: a known
header, a time near that of the record before, and a second header (or the exact end) where its length says. What lies
between becomes a gap. All decisions depend on the stream alone, never on how it was cut into chunks. Not for what is
inside records.
"""

from typing import Any

import cython

if cython.compiled:
    from cython.cimports.gonedark.mrt.span import get16, get32
else:
    from gonedark.mrt.span import get16, get32

COMPILED = bool(cython.compiled)
HEADER_BYTES = cython.declare(cython.Py_ssize_t, 12)
RECORD_BYTES_MAX = cython.declare(cython.Py_ssize_t, 1 << 25)
"""A record claiming more is not believed: the largest possible table dump records are far smaller."""
NEAR_SECONDS = cython.declare(cython.longlong, 2 * 86_400)
"""How far apart the times of neighbouring records may be for a boundary found by searching."""
SCAN_BYTES = cython.declare(cython.Py_ssize_t, 1 << 20)
"""How far past a suspicious record its follower is searched before its own length is believed."""

CAUSES = (
    "the stream ends within a record's header",
    "the stream ends within a record",
    "a record is cut short by the next one",
    "bytes between records that are no record",
    "no further record can be recognised",
    "a record is four bytes longer than it says",
)
CUT_HEADER = cython.declare(cython.int, 0)
CUT_RECORD = cython.declare(cython.int, 1)
TORN = cython.declare(cython.int, 2)
FOREIGN = cython.declare(cython.int, 3)
NO_MORE = cython.declare(cython.int, 4)
SHORT = cython.declare(cython.int, 5)

IN_STEP = cython.declare(cython.int, 0)
SUSPECT = cython.declare(cython.int, 1)
LOST = cython.declare(cython.int, 2)

NO = cython.declare(cython.int, 0)
YES = cython.declare(cython.int, 1)
WAIT = cython.declare(cython.int, 2)


@cython.final
@cython.cclass
class Framer:
    """Finds records in a buffer that its owner fills and shifts. Offsets are relative to the buffer.

    ``run(end, at_end)`` looks at ``buffer[position:end]`` and fills the record columns; ``records`` and ``gaps`` say
    how many there are, ``wanted`` how many bytes from ``position`` on must be there before it is worth calling again.
    """

    buffer: cython.const[cython.uchar][::1]
    time_us: cython.longlong[::1]
    type: cython.int[::1]
    subtype: cython.int[::1]
    start: cython.longlong[::1]
    stop: cython.longlong[::1]
    gap_from: cython.longlong[::1]
    gap_until: cython.longlong[::1]
    gap_cause: cython.longlong[::1]
    position = cython.declare(cython.Py_ssize_t, visibility="public")
    base = cython.declare(cython.longlong, visibility="public")
    records = cython.declare(cython.Py_ssize_t, visibility="public")
    gaps = cython.declare(cython.Py_ssize_t, visibility="public")
    wanted = cython.declare(cython.Py_ssize_t, visibility="public")
    state: cython.int
    scan_at: cython.Py_ssize_t
    suspect_stop: cython.Py_ssize_t
    lost_from: cython.longlong
    reference: cython.longlong
    was_short: cython.bint
    end: cython.Py_ssize_t
    at_end: cython.bint

    def __init__(self, columns: Any, gap_columns: Any) -> None:
        self.time_us, self.type, self.subtype, self.start, self.stop = columns
        self.gap_from, self.gap_until, self.gap_cause = gap_columns
        self.position = 0
        self.base = 0
        self.records = 0
        self.gaps = 0
        self.wanted = HEADER_BYTES
        self.state = IN_STEP
        self.scan_at = 0
        self.suspect_stop = 0
        self.lost_from = 0
        self.reference = -1
        self.was_short = False
        self.end = 0
        self.at_end = False

    def use(self, buffer: Any) -> None:
        """Look into this buffer from now on; its content up to here must be the same."""
        self.buffer = buffer

    def shift(self, count: cython.Py_ssize_t) -> None:
        """The owner dropped the first ``count`` bytes of the buffer, at most ``position`` of them."""
        self.position -= count
        self.scan_at -= count
        self.suspect_stop -= count
        self.base += count

    def run(self, end: cython.Py_ssize_t, at_end: cython.bint) -> int:
        """Frame what can be framed; the number of records found."""
        self.end = end
        self.at_end = at_end
        self.records = 0
        self.gaps = 0
        with cython.nogil:
            self._run()
        return self.records

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _run(self) -> cython.int:
        room: cython.Py_ssize_t = self.start.shape[0] if cython.compiled else len(self.start)
        gap_room: cython.Py_ssize_t = (self.gap_from.shape[0] if cython.compiled else len(self.gap_from)) - 2
        while self.records < room and self.gaps < gap_room:
            if self.state == IN_STEP:
                if self._step() == WAIT:
                    break
            elif self._scan() == WAIT:
                break
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _step(self) -> cython.int:
        at: cython.Py_ssize_t = self.position
        stop: cython.Py_ssize_t
        follows: cython.int
        if self.end - at < HEADER_BYTES:
            self.wanted = HEADER_BYTES
            if self.at_end and at < self.end:
                self._gap(self.base + at, self.base + self.end, CUT_HEADER)
                self.position = self.end
            return WAIT
        follows = self._acceptable(at)
        if follows == WAIT:
            return WAIT
        if follows == NO:
            self.state = LOST
            self.lost_from = self.base + at
            self.scan_at = at + 1
            return YES
        stop = at + HEADER_BYTES + get32(self.buffer, at + 8)
        if stop > self.end:
            if not self.at_end:
                self.wanted = stop + HEADER_BYTES - at
                return WAIT
            follows = NO
        else:
            follows = YES if stop == self.end and self.at_end else self._follows(stop)
            if follows == WAIT:
                return WAIT
        if follows == NO:
            follows = self._short(at, stop)
            if follows == WAIT:
                return WAIT
            if follows == YES:
                self._gap(self.base + at, self.base + stop + 4, SHORT)
                stop += 4
                self.was_short = True
        if follows == YES:
            self._take(at, stop)
            self.position = stop
        else:
            self.state = SUSPECT
            self.suspect_stop = stop
            self.scan_at = at + 1
        return YES

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _follows(self, stop: cython.Py_ssize_t) -> cython.int:
        """Whether a header follows at ``stop``; a few bytes before the end are left to the next step."""
        if self.end - stop < HEADER_BYTES:
            if self.at_end:
                return NO if self.was_short and self.end - stop == 4 else YES
            self.wanted = stop + HEADER_BYTES - self.position
            return WAIT
        return self._acceptable(stop)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _short(self, at: cython.Py_ssize_t, stop: cython.Py_ssize_t) -> cython.int:
        """Whether four bytes behind ``stop`` there is a boundary: writers of 2000 gave lengths too short by that."""
        stop += 4
        if stop + HEADER_BYTES > self.end:
            if self.at_end:
                return YES if stop == self.end else NO
            self.wanted = stop + HEADER_BYTES - self.position
            return WAIT
        return YES if self._known(stop) and self._near(at, stop) else NO

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _near(self, at: cython.Py_ssize_t, other: cython.Py_ssize_t) -> cython.int:
        """Whether the times of two headers are close."""
        return -NEAR_SECONDS <= get32(self.buffer, at) - get32(self.buffer, other) <= NEAR_SECONDS

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _acceptable(self, at: cython.Py_ssize_t) -> cython.int:
        """A known header, or an unknown type after which a known header or the exact end follows."""
        stop: cython.Py_ssize_t
        length: cython.longlong
        if self._known(at):
            return YES
        length = get32(self.buffer, at + 8)
        if length > RECORD_BYTES_MAX or get16(self.buffer, at + 4) > 255:
            return NO
        stop = at + HEADER_BYTES + length
        if stop + HEADER_BYTES > self.end:
            if self.at_end:
                return YES if stop == self.end else NO
            self.wanted = stop + HEADER_BYTES - self.position
            return WAIT
        return YES if self._known(stop) else NO

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _known(self, at: cython.Py_ssize_t) -> cython.int:
        """A type and subtype of RFC 6396, 8050 or 6397 with a length they can have."""
        kind: cython.longlong = get16(self.buffer, at + 4)
        subtype: cython.longlong = get16(self.buffer, at + 6)
        length: cython.longlong = get32(self.buffer, at + 8)
        if length > RECORD_BYTES_MAX:
            return NO
        if kind == 13:
            return 1 <= subtype <= 12 and length >= 7
        if kind == 16:
            return subtype <= 11 and length >= 8
        if kind == 17:
            return subtype <= 11 and length >= 12
        if kind == 12:
            return 1 <= subtype <= 4 and length >= 18
        if kind == 5:
            return subtype <= 7 and length >= 6
        if 6 <= kind <= 11 or kind == 32 or kind == 33 or kind == 48 or kind == 49:
            return subtype <= 255 and 4 <= length <= 1 << 20
        return NO

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _proven(self, at: cython.Py_ssize_t) -> cython.int:
        """The evidence for a boundary found by searching; see the module's first lines."""
        time: cython.longlong
        stop: cython.Py_ssize_t
        if not self._known(at):
            return NO
        time = get32(self.buffer, at)
        if self.reference >= 0 and not (-NEAR_SECONDS <= time - self.reference <= NEAR_SECONDS):
            return NO
        stop = at + HEADER_BYTES + get32(self.buffer, at + 8)
        if stop + HEADER_BYTES > self.end:
            if self.at_end:
                return YES if stop == self.end else NO
            self.wanted = stop + HEADER_BYTES - self.position
            return WAIT
        if self._known(stop) and self._near(at, stop):
            return YES
        return self._short(at, stop)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _scan(self) -> cython.int:
        at: cython.Py_ssize_t = self.scan_at
        proven: cython.int = NO
        while at + HEADER_BYTES <= self.end:
            if self.state == LOST:
                self.position = at
            proven = self._proven(at)
            if proven != NO:
                break
            at += 1
            if self.state == SUSPECT and at > self.suspect_stop + SCAN_BYTES:
                self.scan_at = at
                return self._believe()
        self.scan_at = at
        if proven == YES:
            return self._found(at)
        if proven == WAIT:
            return WAIT
        if self.state == LOST:
            self.position = at
        if not self.at_end:
            self.wanted = at + HEADER_BYTES - self.position
            return WAIT
        return self._give_up()

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _believe(self) -> cython.int:
        """Take the suspicious record as long as it says, and go on searching behind what was searched."""
        self._take(self.position, self.suspect_stop)
        self.lost_from = self.base + self.suspect_stop
        self.position = self.scan_at
        self.state = LOST
        return YES

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _found(self, at: cython.Py_ssize_t) -> cython.int:
        if self.state == LOST:
            self._gap(self.lost_from, self.base + at, FOREIGN)
        elif at < self.suspect_stop:
            self._gap(self.base + self.position, self.base + at, TORN)
            if at >= self.position + HEADER_BYTES and 16 <= get16(self.buffer, self.position + 4) <= 17:
                # Of a torn message, what is whole is true, and its marker shows that it is one. Half an entry of a
                # table would make a prefix look lost, and what has no marker might be anything.
                self._take(self.position, at)
        else:
            self._take(self.position, self.suspect_stop)
            self._gap(self.base + self.suspect_stop, self.base + at, FOREIGN)
        self.position = at
        self.state = IN_STEP
        return YES

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _give_up(self) -> cython.int:
        """The stream ends and no boundary was found."""
        if self.state == LOST:
            self._gap(self.lost_from, self.base + self.end, NO_MORE)
        elif self.suspect_stop > self.end:
            self._gap(self.base + self.position, self.base + self.end, CUT_RECORD)
        else:
            self._take(self.position, self.suspect_stop)
            self._gap(self.base + self.suspect_stop, self.base + self.end, NO_MORE)
        self.position = self.end
        self.state = IN_STEP
        return YES

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _take(self, at: cython.Py_ssize_t, stop: cython.Py_ssize_t) -> cython.int:
        row: cython.Py_ssize_t = self.records
        time: cython.longlong = get32(self.buffer, at)
        micro: cython.longlong = 0
        body: cython.Py_ssize_t = at + HEADER_BYTES
        kind: cython.longlong = get16(self.buffer, at + 4)
        if (kind == 17 or kind == 33 or kind == 49) and stop - body >= 4:
            micro = get32(self.buffer, body)
            if micro > 999_999:
                micro = 999_999
            body += 4
        self.reference = time
        self.time_us[row] = time * 1_000_000 + micro
        self.type[row] = kind
        self.subtype[row] = get16(self.buffer, at + 6)
        self.start[row] = body
        self.stop[row] = stop
        self.records = row + 1
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _gap(self, first: cython.longlong, until: cython.longlong, cause: cython.int) -> cython.int:
        self.gap_from[self.gaps] = first
        self.gap_until[self.gaps] = until
        self.gap_cause[self.gaps] = cause
        self.gaps += 1
        return 0
