"""What is worked out once of an object and kept as long as the object lives.

Begin with :func:`once`. For columns that several questions ask the same of, such as the paths of a timeline. Not for
what depends on anything but the object.
"""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

T = TypeVar("T")
R = TypeVar("R")


def once(work: Callable[[T], R]) -> Callable[[T], R]:
    """The same function, which remembers what it found of each object that compares by identity."""
    known: WeakKeyDictionary[T, R] = WeakKeyDictionary()

    @wraps(work)
    def found(thing: T) -> R:
        if thing not in known:
            known[thing] = work(thing)
        return known[thing]

    return found
