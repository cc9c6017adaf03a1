# What other loops see of AttributeLoop, so that they can call it; its meaning is in attribute_loop.py.

cdef class AttributeLoop:
    cdef const unsigned char[::1] buffer
    cdef unsigned char[::1] side
    cdef long long[::1] block_start
    cdef int[::1] block_length
    cdef unsigned char[::1] block_form
    cdef unsigned char[::1] verdict
    cdef long long[::1] span_start
    cdef int[::1] span_length
    cdef unsigned long long[::1] span_hash
    cdef unsigned long long seed
    cdef unsigned long long key
    cdef long long[::1] finding_byte
    cdef int[::1] finding_code
    cdef public Py_ssize_t findings
    cdef public Py_ssize_t withdrawn
    cdef long long base
    cdef Py_ssize_t side_used
    cdef Py_ssize_t last_segment
    cdef bint withdraw
    cdef unsigned int seen
    cdef int form
    cdef Py_ssize_t path_at
    cdef Py_ssize_t path_length
    cdef Py_ssize_t as4_at
    cdef Py_ssize_t as4_length
    cdef Py_ssize_t aggregator_at
    cdef bint has_as4_aggregator

    cdef int start(self) except -1
    cdef int judge(self, Py_ssize_t first, Py_ssize_t last) except -1 nogil
    cdef int _check_room(self, Py_ssize_t first, Py_ssize_t last) except -1 nogil
    cdef int _forget(self) except -1 nogil
    cdef int _find(self, Py_ssize_t at, Py_ssize_t stop) except -1 nogil
    cdef int _walk(self, Py_ssize_t at, Py_ssize_t stop) except -1 nogil
    cdef int _judge(self, int kind, int flags, Py_ssize_t at, Py_ssize_t length) except -1 nogil
    cdef int _note_as4(self, int kind, Py_ssize_t at, Py_ssize_t length) except -1 nogil
    cdef int _require(self, Py_ssize_t at) except -1 nogil
    cdef int _path(self, Py_ssize_t block) except -1 nogil
    cdef int _is_path(self, Py_ssize_t at, Py_ssize_t length, int width) except -1 nogil
    cdef Py_ssize_t _hops(self, Py_ssize_t at, Py_ssize_t length, int width) except -1 nogil
    cdef int _merge(self, Py_ssize_t at, Py_ssize_t length) except -1 nogil
    cdef int _append(self, Py_ssize_t at, Py_ssize_t length, int width, Py_ssize_t hops) except -1 nogil
    cdef int _segment(self, int kind, Py_ssize_t count, Py_ssize_t at, int width) except -1 nogil
    cdef int _bad(self, Py_ssize_t at, int cause, bint withdraw) except -1 nogil
