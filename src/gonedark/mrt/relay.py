"""Stages of a pipeline, such as from compressed bytes to batches, driven by as many threads as there are processors.

Begin with :class:`Relay`. With a thread for each stage, a processor is idle whenever two of them share another one,
which schedulers notice late. So nobody owns a stage here: whoever has nothing to do makes the next item of one. They
overlap where stages release the interpreter lock, as decompression and the loops do. Not for work that needs no order.
"""

import os
import threading
from collections import deque
from collections.abc import Generator, Iterator
from typing import Any, Generic, Self, TypeVar

T = TypeVar("T")


class StoppedError(Exception):
    """The relay was closed while a stage waited for the one before it."""


class Stage(Generic[T]):
    """Items on their way: those that are made and not taken yet, and whether somebody is making one."""

    def __init__(self, items: Generator[T, None, None], room: int) -> None:
        self.items = items
        self.room = room
        self.made: deque[T] = deque()
        self.is_taken = False
        self.has_ended = False
        self.error: BaseException | None = None


def processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Relay:
    """Add stages, each iterating over what the one before it gives, enter it, and iterate over the last.

    Items of a stage are made one at a time and in order, but in any thread. At most ``room`` of them wait to be taken.
    Whatever a stage raises is raised by the iteration over it, behind the items before. Close it to stop early.
    """

    def __init__(self) -> None:
        self._stages: list[Stage[Any]] = []
        self._changed = threading.Condition()
        self._is_stopped = False
        self._helpers: list[threading.Thread] = []

    def stage(self, items: Generator[T, None, None], room: int) -> Iterator[T]:
        """One more stage; iterate over this once for its items."""
        stage = Stage(items, room)
        self._stages.append(stage)
        return self._items(stage)

    def __enter__(self) -> Self:
        """Begin to make items."""
        for _ in range(min(processors() - 1, len(self._stages))):
            helper = threading.Thread(target=self._help, name="relay", daemon=True)
            self._helpers.append(helper)
            helper.start()
        return self

    def __exit__(self, *unused: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop as soon as the items in work are made, and wait for that."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()
        for helper in self._helpers:
            helper.join()
        for stage in reversed(self._stages):
            stage.items.close()

    def _items(self, stage: Stage[T]) -> Iterator[T]:
        while (found := self._next(stage)) is not None:
            yield found[0]
        if stage.error is not None:
            raise stage.error

    def _next(self, stage: Stage[T]) -> tuple[T] | None:
        """The next item, made here where nobody else makes it; None behind the last."""
        with self._changed:
            while not (stage.made or stage.has_ended):
                if self._is_stopped:
                    raise StoppedError
                if (due := self._due(stage)) is None:
                    self._changed.wait()
                else:
                    self._make(due)
            if not stage.made:
                return None
            self._changed.notify_all()
            return (stage.made.popleft(),)

    def _due(self, wanted: Stage[Any]) -> Stage[Any] | None:
        """What whoever wants an item of a stage does best: make it, or what comes before while another one makes it."""
        if not wanted.is_taken:
            return wanted
        return self._ready(self._stages.index(wanted))

    def _ready(self, until: int) -> Stage[Any] | None:
        """The first of so many stages that nobody is at, and that has both room and something to begin with."""
        for number, stage in enumerate(self._stages[:until]):
            before = self._stages[number - 1] if number else None
            has_food = before is None or before.made or before.has_ended
            if has_food and not stage.is_taken and not stage.has_ended and len(stage.made) < stage.room:
                return stage
        return None

    def _help(self) -> None:
        """Make items until all is made."""
        with self._changed:
            while not (self._is_stopped or all(stage.has_ended for stage in self._stages)):
                if (due := self._ready(len(self._stages))) is None:
                    self._changed.wait()
                else:
                    self._make(due)

    def _make(self, stage: Stage[Any]) -> None:
        """Make one item of a stage; others may go on until it is made."""
        stage.is_taken = True
        made: list[Any] = []
        error: BaseException | None = None
        self._changed.release()
        try:
            made.append(next(stage.items))
        except StopIteration:
            pass
        except BaseException as caught:  # raised in the thread that iterates
            error = caught
        finally:
            self._changed.acquire()
        stage.made.extend(made)
        stage.error, stage.has_ended, stage.is_taken = error, not made, False
        self._changed.notify_all()
