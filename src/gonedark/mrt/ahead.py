"""A stage of the pipeline from compressed bytes to batches: an iterator that runs ahead in a thread of its own.

Begin with :class:`Ahead`. Stages overlap where they release the interpreter lock, as decompression and the loops do.
Not for work that several threads share.
"""

import contextlib
import queue
import threading
from collections.abc import Generator, Iterator
from typing import Generic, Self, TypeVar

T = TypeVar("T")


class Ahead(Generic[T]):
    """Iterate over it once for what ``items`` gives; use it as a context manager, or close it.

    At most ``room`` items wait to be taken, beside the one that is being made. Whatever ``items`` raises is raised
    here, behind the items before it. Its own ``finally`` clauses run in the thread.
    """

    def __init__(self, items: Generator[T, None, None], room: int, name: str) -> None:
        self._items = items
        self._stop = threading.Event()
        self._queue: queue.Queue[tuple[T] | BaseException | None] = queue.Queue(room)
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *unused: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[T]:
        while (taken := self._queue.get()) is not None:
            if isinstance(taken, BaseException):
                raise taken
            yield taken[0]

    def _work(self) -> None:
        last: BaseException | None = None
        try:
            for item in self._items:
                if not self._put((item,)):
                    break
            self._items.close()
        except BaseException as error:  # handed to the thread that iterates, which raises it
            last = error
        self._put(last)

    def _put(self, item: tuple[T] | BaseException | None) -> bool:
        while not self._stop.is_set():
            try:
                self._queue.put(item, timeout=0.1)
            except queue.Full:
                continue
            # Room that whoever stops has made is no wish for more.
            return not self._stop.is_set()
        return False

    def close(self) -> None:
        """Stop as soon as the item in work is made, and wait for that."""
        self._stop.set()
        while self._thread.is_alive():
            # A worker waiting for room in the queue goes on, and sees that it shall stop.
            with contextlib.suppress(queue.Empty):
                self._queue.get_nowait()
            self._thread.join(timeout=0.005)
