# cython: wraparound=False, initializedcheck=False, cdivision=True
"""BGP messages and state changes: the records of BGP4MP and BGP4MP_ET (RFC 6396 section 4.4, RFC 8050) and of the
first format (type 5 of 1999).

Begin with :class:`MessageLoop`. An UPDATE gives its withdrawn routes first, then its announced ones, as bgpdump prints
them. Only MP_REACH_NLRI and MP_UNREACH_NLRI (RFC 4760) are looked into here; the other attributes stay bytes.
"""

from typing import Any

import cython

if cython.compiled:
    from cython.cimports.gonedark.mrt.sink_loop import Sink
    from cython.cimports.gonedark.mrt.span import get16, get32
else:
    from gonedark.mrt.sink_loop import Sink
    from gonedark.mrt.span import get16, get32

TOO_MANY = cython.declare(cython.int, 5)
CUT_HEADER = cython.declare(cython.int, 6)
PEER_FAMILY = cython.declare(cython.int, 7)
MARKER = cython.declare(cython.int, 8)
MESSAGE_LENGTH = cython.declare(cython.int, 9)
CUT_MESSAGE = cython.declare(cython.int, 10)
CUT_WITHDRAWN = cython.declare(cython.int, 11)
CUT_ATTRIBUTES = cython.declare(cython.int, 12)
CUT_ATTRIBUTE = cython.declare(cython.int, 13)
SHORT_MP = cython.declare(cython.int, 14)
TWICE = cython.declare(cython.int, 15)
NEXT_HOP = cython.declare(cython.int, 16)
ROUTE_FAMILY = cython.declare(cython.int, 17)
MESSAGE_TYPE = cython.declare(cython.int, 18)
OBSOLETE = cython.declare(cython.int, 19)
SHORT_STATE = cython.declare(cython.int, 20)
HIDDEN_PATHS = cython.declare(cython.int, 21)

RECORD_ROWS = cython.declare(cython.Py_ssize_t, 65536)
ANNOUNCE = cython.declare(cython.int, 0)
WITHDRAW = cython.declare(cython.int, 1)
STATE = cython.declare(cython.int, 3)
END_OF_RIB = cython.declare(cython.int, 4)
PRECISE_TIME = cython.declare(cython.int, 1)
FAMILY_V6 = cython.declare(cython.int, 2)
NATIONAL = cython.declare(cython.int, 4)
MULTICAST = cython.declare(cython.int, 8)
ADD_PATH = cython.declare(cython.int, 16)
LOCAL = cython.declare(cython.int, 32)
FIRST_FORMAT = cython.declare(cython.int, 64)
FORM_AS4 = cython.declare(cython.int, 1)
FORM_NLRI = cython.declare(cython.int, 4)
FORM_MP = cython.declare(cython.int, 8)
MARKER_WORD = cython.declare(cython.longlong, (1 << 32) - 1)


@cython.final
@cython.cclass
class MessageLoop(Sink):
    """Decodes framed message records.

    ``run(first, last)`` takes records from ``first`` on and returns how many it did; it stops early where the next one
    might not find room. ``flags`` of a record are kept in ``record_flags`` while its routes are read.
    """

    record_flags: cython.int
    as4: cython.bint
    add_path: cython.bint
    peer: cython.int
    block: cython.int
    first_row: cython.Py_ssize_t
    reach_at: cython.Py_ssize_t
    reach_stop: cython.Py_ssize_t
    unreach_at: cython.Py_ssize_t
    unreach_stop: cython.Py_ssize_t
    attributes_at: cython.Py_ssize_t

    def __init__(self, records: Any, view: Any, attributes: Any, wanted: Any, everything: bool) -> None:
        Sink.__init__(self, records, view, attributes, wanted, everything)
        self.record_flags = 0
        self.as4 = False
        self.add_path = False
        self.peer = -1
        self.block = -1
        self.first_row = 0
        self.reach_at = -1
        self.reach_stop = -1
        self.unreach_at = -1
        self.unreach_stop = -1
        self.attributes_at = 0

    def run(self, first: cython.Py_ssize_t, last: cython.Py_ssize_t) -> int:
        """Decode records ``first`` up to ``last``; how many were done."""
        done: cython.Py_ssize_t
        self._start()
        with cython.nogil:
            done = self._run(first, last)
        return done

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _run(self, first: cython.Py_ssize_t, last: cython.Py_ssize_t) -> cython.Py_ssize_t:
        at: cython.Py_ssize_t
        for at in range(first, last):
            if self.rows > self.row_room:
                return at - first
            self.time_us = self.record_time[at]
            self.first_row = self.rows
            if self.record_type[at] == 5:
                self.record_flags = FIRST_FORMAT
                self._first_format(self.record_subtype[at], self.record_start[at], self.record_end[at])
            else:
                self.record_flags = PRECISE_TIME if self.record_type[at] == 17 else 0
                self._bgp4mp(self.record_subtype[at], self.record_start[at], self.record_end[at])
            self._judge_blocks()
        return last - first

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _bgp4mp(self, subtype: cython.int, at: cython.Py_ssize_t, stop: cython.Py_ssize_t) -> cython.int:
        """Subtypes: 0 and 5 state changes, 2 and 3 obsolete, the others messages (AS4, LOCAL and ADDPATH kinds)."""
        local: cython.bint = subtype == 6 or subtype == 7 or subtype >= 10
        is_state: cython.bint = subtype == 0 or subtype == 5
        if subtype == 2 or subtype == 3:
            return self._note(at, OBSOLETE)
        self.as4 = subtype == 4 or subtype == 5 or subtype == 7 or subtype == 9 or subtype == 11
        self.add_path = subtype >= 8
        self.record_flags |= self.add_path * ADD_PATH + local * LOCAL
        if local and not self.everything:
            return 0
        if is_state and stop - at == 8:
            return self._short_state(at, stop)
        at = self._session(at, stop)
        if at < 0:
            return 0
        if is_state:
            return self._state_change(at, stop)
        return self._message(at, stop)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _session(self, at: cython.Py_ssize_t, stop: cython.Py_ssize_t) -> cython.Py_ssize_t:
        """Peer and local AS, interface, family, peer and local address; the place behind them, or -2."""
        width: cython.Py_ssize_t = 4 if self.as4 else 2
        size: cython.Py_ssize_t
        family: cython.longlong
        asn: cython.longlong
        if at + 2 * width + 4 > stop:
            self._note(at, CUT_HEADER)
            return -2
        asn = get32(self.buffer, at) if self.as4 else get16(self.buffer, at)
        family = get16(self.buffer, at + 2 * width + 2)
        at += 2 * width + 4
        if family != 1 and family != 2:
            # Zebra wrote OPEN messages without interface and addresses: the marker begins right here.
            if family != 0xFFFF:
                self._note(at, PEER_FAMILY)
            return -2
        size = 16 if family == 2 else 4
        if at + 2 * size > stop:
            self._note(at, CUT_HEADER)
            return -2
        self._read_address(at, size, size * 8)
        self._add_peer(family == 2, asn)
        self._read_address(at + size, size, size * 8)
        self.local_high[self.peers - 1] = self.high
        self.local_low[self.peers - 1] = self.low
        self.peer = self.peers - 1
        return at + 2 * size

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _state_change(self, at: cython.Py_ssize_t, stop: cython.Py_ssize_t) -> cython.int:
        old: cython.longlong
        new: cython.longlong
        if at + 4 > stop:
            return self._note(at, SHORT_STATE)
        old = get16(self.buffer, at)
        new = get16(self.buffer, at + 2)
        self._bare_row(STATE)
        self.row_state[self.rows - 1] = (old if old < 255 else 255) * 256 + (new if new < 255 else 255)
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _short_state(self, at: cython.Py_ssize_t, stop: cython.Py_ssize_t) -> cython.int:
        """Zebra wrote some state changes without addresses: two AS numbers and the states."""
        if self.as4:
            return self._note(at, SHORT_STATE)
        self.high = 0
        self.low = 0
        self._add_peer(0, get16(self.buffer, at))
        self.peer = self.peers - 1
        return self._state_change(at + 4, stop)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _bare_row(self, kind: cython.int) -> cython.int:
        """A row without a prefix."""
        self.flags = self.record_flags
        self._add_row(kind, self.peer, -1, 0)
        self.row_prefix[self.rows - 1] = -1
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _message(self, at: cython.Py_ssize_t, stop: cython.Py_ssize_t) -> cython.int:
        """Marker, length, type (RFC 4271 section 4.1); of the types only UPDATE has routes."""
        length: cython.longlong
        kind: cython.int
        word: cython.Py_ssize_t
        if at + 19 > stop:
            return self._note(at, CUT_MESSAGE)
        for word in range(4):
            if get32(self.buffer, at + 4 * word) != MARKER_WORD:
                return self._note(at, MARKER)
        length = get16(self.buffer, at + 16)
        kind = self.buffer[at + 18]
        if kind != 2:
            return 0 if 1 <= kind <= 5 or kind == 128 else self._note(at, MESSAGE_TYPE)
        if length < 23:
            return self._note(at, MESSAGE_LENGTH)
        if at + length > stop:
            self._note(at, CUT_MESSAGE)
        elif at + length < stop:
            stop = at + length
        return self._update(at + 19, stop)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _update(self, at: cython.Py_ssize_t, stop: cython.Py_ssize_t) -> cython.int:
        """Withdrawn routes, attributes, routes (RFC 4271 section 4.3); End-of-RIB (RFC 4724 section 2)."""
        withdrawn_stop: cython.Py_ssize_t
        attributes_stop: cython.Py_ssize_t
        if at + 2 > stop:
            return self._note(at, CUT_MESSAGE)
        withdrawn_stop = at + 2 + get16(self.buffer, at)
        if withdrawn_stop > stop:
            self._note(at, CUT_WITHDRAWN)
            self._routes(at + 2, stop, False, WITHDRAW, 0)
            return 0
        if withdrawn_stop + 2 > stop:
            self._note(at, CUT_MESSAGE)
            self._routes(at + 2, withdrawn_stop, False, WITHDRAW, 0)
            return 0
        attributes_stop = withdrawn_stop + 2 + get16(self.buffer, withdrawn_stop)
        if attributes_stop > stop:
            self._note(withdrawn_stop, CUT_ATTRIBUTES)
            attributes_stop = stop
        if attributes_stop == stop == at + 4:
            return self._bare_row(END_OF_RIB)
        self._find_multiprotocol(withdrawn_stop + 2, attributes_stop)
        self._routes(at + 2, withdrawn_stop, False, WITHDRAW, 0)
        self._unreach(attributes_stop == stop and withdrawn_stop == at + 2)
        self.block = -1
        if attributes_stop < stop or self.reach_at >= 0:
            self.attributes_at = withdrawn_stop + 2
            self._announced(attributes_stop, stop)
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _announced(self, at: cython.Py_ssize_t, stop: cython.Py_ssize_t) -> cython.int:
        """The plain routes and those of MP_REACH_NLRI, which share the attributes."""
        form: cython.int = FORM_NLRI * (at < stop) + FORM_MP * (self.reach_at >= 0) + FORM_AS4 * self.as4
        self.block = -1
        self._routes(at, stop, False, ANNOUNCE, form)
        self._reach(form)
        if self.block >= 0:
            self.block_length[self.block] = at - self.attributes_at
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _find_multiprotocol(self, at: cython.Py_ssize_t, stop: cython.Py_ssize_t) -> cython.int:
        """Where MP_REACH_NLRI and MP_UNREACH_NLRI lie among the attributes; -1 where they do not."""
        kind: cython.int
        length: cython.Py_ssize_t
        self.reach_at = -1
        self.unreach_at = -1
        while at + 3 <= stop:
            kind = self.buffer[at + 1]
            if self.buffer[at] & 0x10:
                if at + 4 > stop:
                    break
                length = get16(self.buffer, at + 2)
                at += 4
            else:
                length = self.buffer[at + 2]
                at += 3
            if at + length > stop:
                # The attribute decoder says so once more for announced routes; withdrawals have no other witness.
                return self._note(at, CUT_ATTRIBUTE)
            if kind == 14:
                if self.reach_at >= 0:
                    self._note(at, TWICE)
                else:
                    self.reach_at = at
                    self.reach_stop = at + length
            elif kind == 15:
                if self.unreach_at >= 0:
                    self._note(at, TWICE)
                else:
                    self.unreach_at = at
                    self.unreach_stop = at + length
            at += length
        if at != stop:
            self._note(at, CUT_ATTRIBUTE)
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _family(self, at: cython.Py_ssize_t) -> cython.int:
        """0 for IPv4 and 1 for IPv6, plus 2 where the routes are not unicast; -2 for what is not read."""
        afi: cython.longlong = get16(self.buffer, at)
        safi: cython.int = self.buffer[at + 2]
        if not (1 <= afi <= 2 and 1 <= safi <= 3):
            self._note(at, ROUTE_FAMILY)
            return -2
        if safi != 1 and not self.everything:
            return -2
        return (afi == 2) + 2 * (safi != 1)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _unreach(self, alone: cython.bint) -> cython.int:
        """Withdrawn routes of MP_UNREACH_NLRI; none at all and nothing else in the message is an End-of-RIB."""
        family: cython.int
        if self.unreach_at < 0:
            return 0
        if self.unreach_at + 3 > self.unreach_stop:
            return self._note(self.unreach_at, SHORT_MP)
        family = self._family(self.unreach_at)
        if family < 0:
            return 0
        if self.unreach_at + 3 == self.unreach_stop:
            if alone and self.reach_at < 0 and family < 2:
                self._bare_row(END_OF_RIB)
                self.row_flags[self.rows - 1] |= family * FAMILY_V6
            return 0
        self._routes(self.unreach_at + 3, self.unreach_stop, family, WITHDRAW, 0)
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _reach(self, form: cython.int) -> cython.int:
        """Routes of MP_REACH_NLRI: family, next hop, a reserved number of SNPAs (RFC 2858), routes."""
        at: cython.Py_ssize_t = self.reach_at
        family: cython.int
        size: cython.int
        snpas: cython.int
        if at < 0:
            return 0
        if at + 5 > self.reach_stop:
            return self._note(at, SHORT_MP)
        family = self._family(at)
        if family < 0:
            return 0
        size = self.buffer[at + 3]
        if size != 4 and size != 16 and size != 32:
            self._note(at, NEXT_HOP)
        at += 4 + size
        if at + 1 > self.reach_stop:
            return self._note(at, SHORT_MP)
        snpas = self.buffer[at]
        at += 1
        while snpas > 0:
            if at + 1 > self.reach_stop:
                return self._note(at, SHORT_MP)
            at += 1 + (self.buffer[at] + 1) // 2
            snpas -= 1
        self._routes(at, self.reach_stop, family, ANNOUNCE, form)
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _routes(
        self, at: cython.Py_ssize_t, stop: cython.Py_ssize_t, family: cython.int, kind: cython.int, form: cython.int
    ) -> cython.int:
        """A list of prefixes, each with its path identifier before it where paths are added (RFC 7911)."""
        v6: cython.int = family & 1
        flags: cython.int = self.record_flags + v6 * FAMILY_V6 + (MULTICAST if family & 2 else 0)
        path_id: cython.longlong = 0
        block: cython.int
        add_path: cython.bint = self.add_path
        if not add_path and at < stop and not self._is_clean(at, stop, v6, 0) and self._is_clean(at, stop, v6, 4):
            add_path = True
            flags |= ADD_PATH
            self._note(at, HIDDEN_PATHS)
        while at < stop:
            if self.rows - self.first_row >= RECORD_ROWS:
                return self._note(at, TOO_MANY)
            if add_path and at + 4 <= stop:
                path_id = get32(self.buffer, at)
                at += 4
            at = self._read_prefix(at, stop, v6)
            if at < 0:
                return 0
            block = -1
            self.flags = flags
            if not self.select or self._is_wanted(v6):
                self.flags |= NATIONAL
                if kind == ANNOUNCE:
                    if self.block < 0:
                        self.block = self._add_block(self.attributes_at, 0, form)
                    block = self.block
            self._add_row(kind, self.peer, block, path_id)
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _is_clean(
        self, at: cython.Py_ssize_t, stop: cython.Py_ssize_t, v6: cython.int, skip: cython.Py_ssize_t
    ) -> cython.int:
        """Whether a list of prefixes, ``skip`` bytes before each, ends where it should, with no stray bits and at most
        one default route. BIRD wrote ADD-PATH sessions as plain ones; read as such, they are none of that.
        """
        bits: cython.int
        size: cython.Py_ssize_t
        defaults: cython.int = 0
        while at < stop:
            at += skip
            if at >= stop:
                return 0
            bits = self.buffer[at]
            size = (bits + 7) // 8
            if bits > (128 if v6 else 32) or at + 1 + size > stop:
                return 0
            if bits == 0:
                defaults += 1
            elif bits & 7 and self.buffer[at + size] & (0xFF >> (bits & 7)):
                return 0
            at += 1 + size
        return defaults <= 1

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _first_format(self, subtype: cython.int, at: cython.Py_ssize_t, stop: cython.Py_ssize_t) -> cython.int:
        """MRT type 5: 1 is an UPDATE after two sessions ends of AS and IPv4 address, 3 a state change after one."""
        self.as4 = False
        self.add_path = False
        if subtype == 3:
            if at + 10 > stop:
                return self._note(at, SHORT_STATE)
            self._first_peer(at)
            return self._state_change(at + 6, stop)
        if subtype != 1:
            return 0
        if at + 12 > stop:
            return self._note(at, CUT_HEADER)
        self._first_peer(at)
        self._read_address(at + 8, 4, 32)
        self.local_low[self.peers - 1] = self.low
        return self._update(at + 12, stop)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _first_peer(self, at: cython.Py_ssize_t) -> cython.int:
        self._read_address(at + 2, 4, 32)
        self._add_peer(0, get16(self.buffer, at))
        self.peer = self.peers - 1
        return 0
