# The only raw pointers of the house: a handful of helpers, each with exactly one range check. Everything else goes
# through memoryviews, which check their bounds but where a function says what covers it. The same helpers in plain
# Python, for running uncompiled, are in span.py.

from libc.string cimport memcpy

cdef extern from *:
    """
    #include <string.h>
    #if defined(__GNUC__)
    #define GONEDARK_PREFETCH(address) __builtin_prefetch(address)
    #else
    #define GONEDARK_PREFETCH(address) ((void) (address))
    #endif
    #if defined(__SIZEOF_INT128__)
    static inline unsigned long long gonedark_fold(unsigned long long one, unsigned long long other)
    {
        const unsigned __int128 product = (unsigned __int128) one * other;
        return (unsigned long long) product ^ (unsigned long long) (product >> 64);
    }
    #else
    static inline unsigned long long gonedark_fold(unsigned long long one, unsigned long long other)
    {
        const unsigned long long a = one >> 32, b = one & 0xFFFFFFFF, c = other >> 32, d = other & 0xFFFFFFFF;
        const unsigned long long middle = a * d + (b * d >> 32);
        const unsigned long long cross = b * c + (middle & 0xFFFFFFFF);
        return (one * other) ^ (a * c + (middle >> 32) + (cross >> 32));
    }
    #endif
    /* Spans are short. Where the compiler would put a call or a slow string instruction, sixteen bytes are taken at a
       time, the last ones overlapping; a constant size makes each memcpy a load or a store. */
    static inline int gonedark_equal(const unsigned char *one, const unsigned char *other, size_t length)
    {
        unsigned long long a[2], b[2];
        size_t done = 0;
        if (length < 16) return memcmp(one, other, length) == 0;
        for (;;) {
            memcpy(a, one + done, 16);
            memcpy(b, other + done, 16);
            if ((a[0] ^ b[0]) | (a[1] ^ b[1])) return 0;
            if (done == length - 16) return 1;
            done = done + 32 <= length ? done + 16 : length - 16;
        }
    }
    static inline void gonedark_copy(unsigned char *target, const unsigned char *source, size_t length)
    {
        unsigned char bytes[16];
        size_t done = 0;
        if (length < 16) {
            for (; done < length; done++) target[done] = source[done];
            return;
        }
        for (;;) {
            memcpy(bytes, source + done, 16);
            memcpy(target + done, bytes, 16);
            if (done == length - 16) return;
            done = done + 32 <= length ? done + 16 : length - 16;
        }
    }
    """
    int gonedark_equal(const unsigned char *one, const unsigned char *other, size_t length) noexcept nogil
    void gonedark_copy(unsigned char *target, const unsigned char *source, size_t length) noexcept nogil
    void GONEDARK_PREFETCH(const void *address) noexcept nogil
    unsigned long long gonedark_fold(unsigned long long one, unsigned long long other) noexcept nogil


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


cdef inline int put16(unsigned char[::1] target, Py_ssize_t at, unsigned int value) except -1 nogil:
    if at < 0 or at + 2 > target.shape[0]:
        raise IndexError("write outside the buffer")
    cdef unsigned char *to_here = &target[0] + at
    to_here[0] = (value >> 8) & 255
    to_here[1] = value & 255
    return 0


cdef inline int put32(unsigned char[::1] target, Py_ssize_t at, unsigned int value) except -1 nogil:
    if at < 0 or at + 4 > target.shape[0]:
        raise IndexError("write outside the buffer")
    cdef unsigned char *to_here = &target[0] + at
    to_here[0] = value >> 24
    to_here[1] = (value >> 16) & 255
    to_here[2] = (value >> 8) & 255
    to_here[3] = value & 255
    return 0


cdef inline unsigned long long word_at(const unsigned char *place) noexcept nogil:
    cdef unsigned long long word
    memcpy(&word, place, 8)
    return word


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
    return gonedark_equal(&one[0] + one_at, &other[0] + other_at, <size_t> length)


cdef inline int repeats(
    const unsigned char[::1] buffer, Py_ssize_t at, Py_ssize_t earlier, Py_ssize_t length
) except -1 nogil:
    if length < 0 or earlier < 0 or earlier > at or at + length > buffer.shape[0]:
        raise IndexError("comparison outside the buffer")
    return gonedark_equal(&buffer[0] + at, &buffer[0] + earlier, <size_t> length)


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
    gonedark_copy(&target[0] + target_at, &source[0] + source_at, <size_t> length)
    return 0


cdef inline unsigned long long fold(unsigned long long one, unsigned long long other) noexcept nogil:
    return gonedark_fold(one, other)


cdef inline unsigned long long hash_span(
    const unsigned char[::1] buffer, Py_ssize_t at, Py_ssize_t length, unsigned long long seed, unsigned long long key
) except? 0 nogil:
    if length < 0 or at < 0 or at + length > buffer.shape[0]:
        raise IndexError("hash outside the buffer")
    cdef unsigned long long state = seed ^ <unsigned long long> length
    cdef unsigned long long word = 0
    cdef Py_ssize_t done = 0
    if length == 0:
        return fold(state, key)
    cdef const unsigned char *from_here = &buffer[0] + at
    while done + 16 < length:
        state = fold(word_at(from_here + done) ^ key, word_at(from_here + done + 8) ^ state)
        done += 16
    if length - done > 8:
        state = fold(word_at(from_here + done) ^ key, word_at(from_here + length - 8) ^ state)
    elif length >= 8:
        state = fold(word_at(from_here + length - 8) ^ key, state)
    else:
        memcpy(&word, from_here, <size_t> length)
        state = fold(word ^ key, state)
    return fold(state ^ seed, key)


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


cdef inline void prefetch_span(const unsigned char[::1] buffer, Py_ssize_t at, Py_ssize_t length) noexcept nogil:
    if at < 0 or length < 1 or at + length > buffer.shape[0]:
        return
    GONEDARK_PREFETCH(&buffer[0] + at)
    # A short span lies in one line of the cache or in two.
    GONEDARK_PREFETCH(&buffer[0] + at + length - 1)


cdef inline void prefetch_byte(const unsigned char[::1] buffer, Py_ssize_t at) noexcept nogil:
    if 0 <= at < buffer.shape[0]:
        GONEDARK_PREFETCH(&buffer[0] + at)


cdef inline void prefetch_slot(const unsigned long long[::1] slots, Py_ssize_t at) noexcept nogil:
    if 0 <= at < slots.shape[0]:
        GONEDARK_PREFETCH(&slots[0] + at)
