# cython: wraparound=False, initializedcheck=False, cdivision=True
"""Routing tables: the records of TABLE_DUMP_V2 (RFC 6396 section 4.3, RFC 8050) and TABLE_DUMP (section 4.2).

Begin with :class:`RibLoop`. It writes rows that still hold indexes (of prefixes, attribute blocks and, for TABLE_DUMP,
peers). Entries of foreign prefixes are stepped over; only who has them is noted. Not for PEER_INDEX_TABLE records.
"""

from typing import Any

import cython

if cython.compiled:
    from cython.cimports.gonedark.mrt.sink_loop import Sink
    from cython.cimports.gonedark.mrt.span import fill, get16, get32, prefetch_byte, repeats
else:
    from gonedark.mrt.sink_loop import Sink
    from gonedark.mrt.span import fill, get16, get32, prefetch_byte, repeats

CUT_PREFIX = cython.declare(cython.int, 1)
CUT_ENTRY = cython.declare(cython.int, 2)
NO_PEER = cython.declare(cython.int, 3)
FAMILY = cython.declare(cython.int, 4)
TOO_MANY = cython.declare(cython.int, 5)
LONG_PREFIX = cython.declare(cython.int, 0)

RECORD_ROWS = cython.declare(cython.Py_ssize_t, 65536)
RIB_ENTRY = cython.declare(cython.int, 2)
FAMILY_V6 = cython.declare(cython.int, 2)
NATIONAL = cython.declare(cython.int, 4)
MULTICAST = cython.declare(cython.int, 8)
ADD_PATH = cython.declare(cython.int, 16)
FIRST_FORMAT = cython.declare(cython.int, 64)
FORM_AS4 = cython.declare(cython.int, 1)
FORM_TABLE = cython.declare(cython.int, 2)
AHEAD_BYTES = cython.declare(cython.Py_ssize_t, 1024)
"""How far before an entry memory is asked for: the processor itself does not look beyond a page."""


@cython.final
@cython.cclass
class RibLoop(Sink):
    """Decodes framed table records.

    ``run(first, last)`` takes records from ``first`` on and returns how many it did; it stops early where the next one
    might not find room. ``holders`` counts the foreign prefixes noted, with the peers that have them.
    """

    peer_map: cython.int[::1]
    table_peers: cython.int[::1]
    previous_start: cython.longlong[::1]
    previous_length: cython.int[::1]
    previous_block: cython.int[::1]
    newest: cython.uchar[::1]
    counted_in: cython.longlong[::1]
    entries: cython.longlong[::1]
    holder_prefix: cython.int[::1]
    holder_peer: cython.int[::1]
    holder_mask: cython.ulonglong[::1]
    holders = cython.declare(cython.Py_ssize_t, visibility="public")
    mask_words: cython.Py_ssize_t
    holder_room: cython.Py_ssize_t
    serial: cython.longlong
    model_at: cython.Py_ssize_t
    model_length: cython.Py_ssize_t
    model_row: cython.Py_ssize_t
    model_rows: cython.Py_ssize_t

    def __init__(self, records: Any, view: Any, attributes: Any, wanted: Any, everything: bool) -> None:
        Sink.__init__(self, records, view, attributes, wanted, everything)
        self.holder_prefix, self.holder_peer = view(records.holder_prefix), view(records.holder_peer)
        self.holders = 0
        self.serial = 0
        self.mask_words = 0
        self.holder_room = 0
        self.model_at = self.model_length = self.model_row = self.model_rows = 0

    def use_peers(self, peer_map: Any, table_peers: Any, previous: Any, counts: Any, mask: Any, words: int) -> None:
        """A new peer index table: ids by index, the ids, columns by twice the id, the mask, its words."""
        self.peer_map, self.table_peers = peer_map, table_peers
        self.previous_start, self.previous_length, self.previous_block, self.newest = previous
        self.counted_in, self.entries = counts
        self.holder_mask = mask
        self.mask_words = words
        most = max(peer_map)
        places = min(len(counts[1]), *(len(column) for column in previous[:3]))
        if len(peer_map) <= 0xFFFF or most >= min(len(self.newest), len(self.counted_in)) or 2 * most + 1 >= places:
            raise IndexError("a peer index without room for its peers")
        self.holder_room = min(len(mask) // words, len(self.holder_prefix)) - 1

    def run(self, first: cython.Py_ssize_t, last: cython.Py_ssize_t) -> int:
        """Decode records ``first`` up to ``last``; how many were done."""
        done: cython.Py_ssize_t
        self._start()
        self.holders = 0
        with cython.nogil:
            done = self._run(first, last)
        return done

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _run(self, first: cython.Py_ssize_t, last: cython.Py_ssize_t) -> cython.Py_ssize_t:
        at: cython.Py_ssize_t
        peers: cython.Py_ssize_t = self.table_peers.shape[0] if cython.compiled else len(self.table_peers)
        for at in range(peers):
            self.previous_length[2 * self.table_peers[at]] = -1
            self.previous_length[2 * self.table_peers[at] + 1] = -1
        self.model_length = -1
        for at in range(first, last):
            if self.rows > self.row_room or self.holders >= self.holder_room:
                return at - first
            self.time_us = self.record_time[at]
            self.serial += 1
            if self.record_type[at] == 13:
                self._table_v2(self.record_subtype[at], self.record_start[at], self.record_end[at])
            else:
                self._table_v1(self.record_subtype[at], self.record_start[at], self.record_end[at])
            self._judge_blocks()
        return last - first

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _table_v2(self, subtype: cython.int, at: cython.Py_ssize_t, stop: cython.Py_ssize_t) -> cython.int:
        add_path: cython.bint = subtype >= 8
        kind: cython.int = subtype - 6 if add_path else subtype
        v6: cython.int = kind >= 4
        multicast: cython.bint = kind == 3 or kind == 5
        start: cython.Py_ssize_t = at
        at += 4
        if kind == 6:
            if at + 3 > stop:
                return self._note(start, CUT_PREFIX)
            if not (1 <= get16(self.buffer, at) <= 2 and 1 <= self.buffer[at + 2] <= 2):
                return self._note(start, FAMILY)
            v6 = get16(self.buffer, at) == 2
            multicast = self.buffer[at + 2] == 2
            at += 3
        if multicast and not self.everything:
            return 0
        at = self._read_prefix(at, stop, v6)
        if at < 0:
            return 0
        if at + 2 > stop:
            return self._note(start, CUT_PREFIX)
        self.flags = v6 * FAMILY_V6 + add_path * ADD_PATH + multicast * MULTICAST
        if self.select and not self._is_wanted(v6):
            if multicast:
                return 0
            return self._foreign(at, stop, get16(self.buffer, at), add_path)
        self.flags |= NATIONAL
        return self._national(at, stop, get16(self.buffer, at), add_path)

    @cython.cfunc
    @cython.nogil
    @cython.boundscheck(False)
    @cython.exceptval(-1, check=False)
    def _national(
        self, at: cython.Py_ssize_t, stop: cython.Py_ssize_t, count: cython.Py_ssize_t, add_path: cython.bint
    ) -> cython.int:
        """Rows for the entries of one record: here what differs, in ``_fill_rows`` what they share.

        Nothing is checked entry by entry but that it ends within the record: ``_check_room`` has seen the rest.
        """
        head: cython.Py_ssize_t = 12 if add_path else 8
        row: cython.Py_ssize_t = self.rows
        block: cython.Py_ssize_t = self.blocks
        length: cython.Py_ssize_t
        peer: cython.int
        place: cython.Py_ssize_t
        findings: cython.Py_ssize_t = self.findings
        self._check_room(at, stop, count)
        if stop - at == self.model_length and not add_path and repeats(self.buffer, at, self.model_at, stop - at):
            return self._fill_rows(self._repeat_rows(), add_path)
        self.model_at = at
        self.model_length = stop - at
        at += 2
        while count > 0:
            count -= 1
            if at + head > stop:
                self._note(at, CUT_ENTRY)
                break
            length = (self.buffer[at + head - 2] << 8) | self.buffer[at + head - 1]
            if at + head + length > stop:
                self._note(at, CUT_ENTRY)
                break
            peer = self.peer_map[(self.buffer[at] << 8) | self.buffer[at + 1]]
            if peer < 0:
                self._note(at, NO_PEER)
                at += head + length
                continue
            if add_path:
                self.row_path_id[row] = get32(self.buffer, at + 6)
            at += head
            prefetch_byte(self.buffer, at + AHEAD_BYTES)
            place = 2 * peer + self.newest[peer]
            if not self._is_again(place, at, length):
                place ^= 1
                self.newest[peer] = place & 1
                if not self._is_again(place, at, length):
                    self.previous_length[place] = length
                    self.previous_block[place] = block
                    self.block_start[block] = at
                    self.block_length[block] = length
                    block += 1
            self.previous_start[place] = at
            self.row_peer[row] = peer
            self.row_path[row] = self.previous_block[place]
            row += 1
            at += length
        fill(self.block_form, self.blocks, block, cython.cast(cython.uchar, FORM_AS4 | FORM_TABLE))
        self.blocks = block
        self.model_row = self.rows
        self.model_rows = row - self.rows
        if add_path or self.findings != findings:
            self.model_length = -1
        return self._fill_rows(row, add_path)

    @cython.cfunc
    @cython.nogil
    @cython.boundscheck(False)
    @cython.exceptval(-1, check=False)
    def _repeat_rows(self) -> cython.Py_ssize_t:
        """Rows as the last record that differed from the one before it had them: where they end. A sixth to half of
        the records of real tables have the very bytes of their neighbour behind their prefix."""
        row: cython.Py_ssize_t
        for row in range(self.model_rows):
            self.row_peer[self.rows + row] = self.row_peer[self.model_row + row]
            self.row_path[self.rows + row] = self.row_path[self.model_row + row]
        return self.rows + self.model_rows

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _check_room(self, at: cython.Py_ssize_t, stop: cython.Py_ssize_t, count: cython.Py_ssize_t) -> cython.int:
        """That a record lies in the buffer and its ``count`` entries find room in the columns. Raises IndexError."""
        buffer_bytes: cython.Py_ssize_t = self.buffer.shape[0] if cython.compiled else len(self.buffer)
        rows: cython.Py_ssize_t = self.row_peer.shape[0] if cython.compiled else len(self.row_peer)
        blocks: cython.Py_ssize_t = self.block_start.shape[0] if cython.compiled else len(self.block_start)
        if at < 0 or stop > buffer_bytes or self.rows + count > rows or self.blocks + count > blocks:
            raise IndexError("a record outside the buffer, or more entries than there is room for")
        return 0

    @cython.cfunc
    @cython.inline
    @cython.nogil
    @cython.boundscheck(False)
    @cython.exceptval(-1, check=False)
    def _is_again(self, place: cython.Py_ssize_t, at: cython.Py_ssize_t, length: cython.Py_ssize_t) -> cython.int:
        """Whether the attributes are those at this place: a peer's last two, for routes often take turns."""
        if self.previous_length[place] != length:
            return 0
        return repeats(self.buffer, at, self.previous_start[place], length)

    @cython.cfunc
    @cython.nogil
    @cython.boundscheck(False)
    @cython.exceptval(-1, check=False)
    def _fill_rows(self, stop: cython.Py_ssize_t, add_path: cython.bint) -> cython.int:
        """What all rows of a record have in common; each peer is counted."""
        first: cython.Py_ssize_t = self.rows
        row: cython.Py_ssize_t
        v6: cython.Py_ssize_t
        fill(self.row_time, first, stop, self.time_us)
        fill(self.row_kind, first, stop, cython.cast(cython.uchar, RIB_ENTRY))
        fill(self.row_prefix, first, stop, cython.cast(cython.int, self.prefixes - 1))
        fill(self.row_flags, first, stop, cython.cast(cython.uchar, self.flags))
        fill(self.row_state, first, stop, cython.cast(cython.ushort, 0))
        if self.keeps_path_ids and not add_path:
            fill(self.row_path_id, first, stop, cython.cast(cython.uint, 0))
        self.rows = stop
        if add_path or self.flags & MULTICAST:
            for row in range(first, stop):
                self._count(self.row_peer[row])
        else:
            v6 = 1 if self.flags & FAMILY_V6 else 0
            for row in range(first, stop):
                self.entries[2 * self.row_peer[row] + v6] += 1
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _foreign(
        self, at: cython.Py_ssize_t, stop: cython.Py_ssize_t, count: cython.Py_ssize_t, add_path: cython.bint
    ) -> cython.int:
        skip: cython.Py_ssize_t = 12 if add_path else 8
        peer: cython.int
        first: cython.Py_ssize_t = self.holders * self.mask_words
        word: cython.Py_ssize_t
        at += 2
        for word in range(self.mask_words):
            self.holder_mask[first + word] = 0
        self.holder_prefix[self.holders] = self.prefixes - 1
        self.holder_peer[self.holders] = -1
        self.holders += 1
        for _ in range(count):
            if at + skip > stop:
                return self._note(at, CUT_ENTRY)
            peer = self.peer_map[get16(self.buffer, at)]
            at += skip + get16(self.buffer, at + skip - 2)
            if at > stop:
                return self._note(stop, CUT_ENTRY)
            if peer < 0:
                self._note(at, NO_PEER)
            else:
                self.holder_mask[first + (peer >> 6)] |= cython.cast(cython.ulonglong, 1) << (peer & 63)
                self._count(peer)
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _table_v1(self, subtype: cython.int, at: cython.Py_ssize_t, stop: cython.Py_ssize_t) -> cython.int:
        """View and sequence number, then one entry; writers of 2000 put many behind each other into one record."""
        v6: cython.int = subtype == 2 or subtype == 4
        first: cython.Py_ssize_t = self.rows + self.holders
        at += 4
        while at < stop:
            if self.rows + self.holders - first >= RECORD_ROWS or self.holders >= self.holder_room:
                return self._note(at, TOO_MANY)
            at = self._entry_v1(at, stop, v6, subtype >= 3)
            if at < 0:
                return 0
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _entry_v1(
        self, at: cython.Py_ssize_t, stop: cython.Py_ssize_t, v6: cython.int, as4: cython.bint
    ) -> cython.Py_ssize_t:
        size: cython.Py_ssize_t = 16 if v6 else 4
        fixed: cython.Py_ssize_t = 2 * size + 8 + (4 if as4 else 2)
        bits: cython.int
        length: cython.Py_ssize_t
        if at + fixed > stop:
            self._note(at, CUT_ENTRY)
            return -2
        length = get16(self.buffer, at + fixed - 2)
        bits = self.buffer[at + size]
        if at + fixed + length > stop:
            self._note(at, CUT_ENTRY)
            return -2
        if bits > size * 8:
            self._note(at, LONG_PREFIX)
            return at + fixed + length
        self._read_address(at + size + 6, size, size * 8)
        self._add_peer(v6, self._asn(at + 2 * size + 6, as4))
        self._read_address(at, size, bits)
        self._add_prefix(v6, bits)
        self.flags = v6 * FAMILY_V6 + FIRST_FORMAT
        at += fixed
        if self.select and not self._is_wanted(v6):
            self.holder_prefix[self.holders] = self.prefixes - 1
            self.holder_peer[self.holders] = self.peers - 1
            self.holders += 1
        else:
            self.flags |= NATIONAL
            self._add_row(RIB_ENTRY, self.peers - 1, self._add_block(at, length, FORM_TABLE + as4 * FORM_AS4), 0)
        return at + length

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _asn(self, at: cython.Py_ssize_t, as4: cython.bint) -> cython.longlong:
        return get32(self.buffer, at) if as4 else get16(self.buffer, at)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _count(self, peer: cython.int) -> cython.int:
        """Count a peer once for each record, however many paths it has; multicast does not count."""
        if self.counted_in[peer] != self.serial and not self.flags & MULTICAST:
            self.counted_in[peer] = self.serial
            self.entries[2 * peer + (1 if self.flags & FAMILY_V6 else 0)] += 1
        return 0
