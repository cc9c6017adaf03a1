"""What is worked out once of an object and kept as long as the object lives.

Begin with :func:`once`. For columns that several questions ask the same of, such as the paths of a timeline, or its
origins at a moment. Not for what is large, nor for what depends on anything but the object and a few values.
"""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, TypeVarTuple
from weakref import WeakKeyDictionary

T = TypeVar("T")
Values = TypeVarTuple("Values")
R = TypeVar("R")


def once(work: Callable[[T, *Values], R]) -> Callable[[T, *Values], R]:
    """The same function, which remembers what it found of each object that compares by identity, for each of the
    values (hashable, by position) that are asked beside it."""
    known: WeakKeyDictionary[T, dict[tuple[*Values], R]] = WeakKeyDictionary()

    @wraps(work)
    def found(thing: T, *values: *Values) -> R:
        answers = known.setdefault(thing, {})
        if values not in answers:
            answers[values] = work(thing, *values)
        return answers[values]

    return found
