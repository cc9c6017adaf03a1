# The only raw pointers of the house: a handful of helpers, each with exactly one range check. Everything else goes
# through bounds-checked memoryviews. The same helpers in plain Python, for running uncompiled, are in span.py.

from libc.string cimport memcmp, memcpy

cdef extern from *:
    """
    #if defined(__GNUC__)
    #define GONEDARK_PREFETCH(address) __builtin_prefetch(address)
    #else
    #define GONEDARK_PREFETCH(address) ((void) (address))
    #endif
    """
    void GONEDARK_PREFETCH(const void *address) noexcept nogil


cdef inline long long get16(const unsigned char[::1] buffer, Py_ssize_t at) except -1 nogil:
    if at < 0 or at + 2 > buffer.shape[0]:
        raise IndexError("read outside the buffer")
    cdef const unsigned char *from_here = &buffer[0] + at
    return (<unsigned int> from_here[0] << 8) | from_here[1]


cdef inline long long get32(const unsigned char[::1] buffer, Py_ssize_t at) except -1 nogil:
    if at < 0 or at + 4 > buffer.shape[0]:
        raise IndexError("read outside the buffer")
    cdef const unsigned char *from_here = &buffer[0] + at
    return (
        (<unsigned long long> from_here[0] << 24) | (<unsigned int> from_here[1] << 16)
        | (<unsigned int> from_here[2] << 8) | from_here[3]
    )


cdef inline int equal(
    const unsigned char[::1] one, Py_ssize_t one_at, const unsigned char[::1] other, Py_ssize_t other_at, Py_ssize_t length
) except -1 nogil:
    if (
        length <= 0 or one_at < 0 or other_at < 0
        or one_at + length > one.shape[0] or other_at + length > other.shape[0]
    ):
        if length == 0:
            return 1
        raise IndexError("comparison outside the buffer")
    return memcmp(&one[0] + one_at, &other[0] + other_at, <size_t> length) == 0


cdef inline int copy(
    unsigned char[::1] target, Py_ssize_t target_at, const unsigned char[::1] source, Py_ssize_t source_at, Py_ssize_t length
) except -1 nogil:
    if (
        length <= 0 or target_at < 0 or source_at < 0
        or target_at + length > target.shape[0] or source_at + length > source.shape[0]
    ):
        if length == 0:
            return 0
        raise IndexError("copy outside the buffer")
    memcpy(&target[0] + target_at, &source[0] + source_at, <size_t> length)
    return 0


cdef inline unsigned long long hash_span(
    const unsigned char[::1] buffer, Py_ssize_t at, Py_ssize_t length, unsigned long long seed
) except? 0 nogil:
    if length < 0 or at < 0 or at + length > buffer.shape[0]:
        raise IndexError("hash outside the buffer")
    cdef unsigned long long state = seed ^ <unsigned long long> length
    cdef unsigned long long word
    cdef Py_ssize_t done = 0
    if length == 0:
        return mix(state)
    cdef const unsigned char *from_here = &buffer[0] + at
    while done + 8 <= length:
        memcpy(&word, from_here + done, 8)
        state = (state ^ word) * <unsigned long long> 0x9E3779B97F4A7C15
        state ^= state >> 32
        done += 8
    if done < length:
        word = 0
        memcpy(&word, from_here + done, <size_t> (length - done))
        state = (state ^ word) * <unsigned long long> 0x9E3779B97F4A7C15
        state ^= state >> 32
    return mix(state)


cdef fused Number:
    unsigned char
    unsigned short
    int
    unsigned int
    long long


cdef inline int fill(Number[::1] column, Py_ssize_t first, Py_ssize_t last, Number value) except -1 nogil:
    if first < 0 or last > column.shape[0]:
        raise IndexError("fill outside the column")
    if first >= last:
        return 0
    cdef Number *cells = &column[0]
    cdef Py_ssize_t at
    for at in range(first, last):
        cells[at] = value
    return 0


cdef inline unsigned long long mix(unsigned long long state) noexcept nogil:
    state = (state ^ (state >> 29)) * <unsigned long long> 0xBF58476D1CE4E5B9
    return state ^ (state >> 32)


cdef inline void prefetch_byte(const unsigned char[::1] buffer, Py_ssize_t at) noexcept nogil:
    if 0 <= at < buffer.shape[0]:
        GONEDARK_PREFETCH(&buffer[0] + at)


cdef inline void prefetch_slot(const unsigned long long[::1] slots, Py_ssize_t at) noexcept nogil:
    if 0 <= at < slots.shape[0]:
        GONEDARK_PREFETCH(&slots[0] + at)
