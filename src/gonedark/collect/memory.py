"""Memory that is free goes back to the system, which an allocator that has seen a table rarely does by itself.

Begin with :func:`give_back`. Not for freeing anything.
"""

import ctypes
import sys


def give_back() -> None:
    """Ask the C library (glibc, elsewhere nobody) to return what it keeps of freed memory; takes milliseconds."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)
