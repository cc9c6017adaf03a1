# What other loops see of Sink, so that they can inherit from it; its meaning is in sink_loop.py.

from gonedark.mrt.attribute_loop cimport AttributeLoop

cdef class Sink:
    cdef const unsigned char[::1] buffer
    cdef long long[::1] record_time
    cdef int[::1] record_type
    cdef int[::1] record_subtype
    cdef long long[::1] record_start
    cdef long long[::1] record_end
    cdef long long[::1] row_time
    cdef unsigned char[::1] row_kind
    cdef int[::1] row_peer
    cdef int[::1] row_prefix
    cdef int[::1] row_path
    cdef unsigned char[::1] row_flags
    cdef unsigned short[::1] row_state
    cdef unsigned int[::1] row_path_id
    cdef unsigned long long[::1] prefix_high
    cdef unsigned long long[::1] prefix_low
    cdef unsigned char[::1] prefix_length
    cdef unsigned char[::1] prefix_family
    cdef long long[::1] block_start
    cdef int[::1] block_length
    cdef unsigned char[::1] block_form
    cdef unsigned int[::1] peer_asn
    cdef unsigned long long[::1] peer_high
    cdef unsigned long long[::1] peer_low
    cdef unsigned char[::1] peer_family
    cdef unsigned long long[::1] local_high
    cdef unsigned long long[::1] local_low
    cdef long long[::1] finding_byte
    cdef int[::1] finding_code
    cdef AttributeLoop attributes
    cdef unsigned long long[::1] wanted_v4
    cdef unsigned long long[::1] wanted_v6
    cdef public long long base
    cdef public Py_ssize_t rows
    cdef public Py_ssize_t prefixes
    cdef public Py_ssize_t blocks
    cdef public Py_ssize_t peers
    cdef public Py_ssize_t findings
    cdef Py_ssize_t judged
    cdef Py_ssize_t row_room
    cdef bint select
    cdef bint everything
    cdef bint keeps_path_ids
    cdef unsigned long long high
    cdef unsigned long long low
    cdef long long time_us
    cdef int flags

    cdef int _start(self) except -1
    cdef int _judge_blocks(self) except -1 nogil
    cdef Py_ssize_t _read_prefix(self, Py_ssize_t at, Py_ssize_t stop, int v6) except -1 nogil
    cdef int _read_address(self, Py_ssize_t at, Py_ssize_t size, int bits) except -1 nogil
    cdef unsigned long long _word(self, Py_ssize_t at, Py_ssize_t present, int bits) except? 18446744073709551615 nogil
    cdef int _add_prefix(self, int v6, int bits) except -1 nogil
    cdef int _is_wanted(self, int v6) except -1 nogil
    cdef int _add_peer(self, int v6, long long asn) except -1 nogil
    cdef int _add_block(self, Py_ssize_t at, Py_ssize_t length, int form) except -1 nogil
    cdef int _add_row(self, int kind, int peer, int block, long long path_id) except -1 nogil
    cdef int _note(self, Py_ssize_t at, int cause) except -1 nogil
