"""Engines: a function over tasks, results in the order of the tasks, whatever happens to a worker.

Begin with :func:`engine_for`. An engine tries a task again that failed; what fails every time comes back as
:class:`Lost`, and the others' results stand. Engines know nothing of routing.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Protocol, TypeVar

from gonedark.cluster.dask import Dask

T = TypeVar("T")
R = TypeVar("R")

TRIES = 3
AT_HAND = 2
"""So many processes work where nobody says how many: each has the memory of a large task."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A task that failed every time, and why the last time."""

    reason: str


class EngineError(ValueError):
    """An engine that cannot be had; the message is one clear line."""


class Engine(Protocol):
    """Runs ``work`` over ``tasks``, all of it picklable. ``shares_disk``: workers write to the disk of this process."""

    @property
    def shares_disk(self) -> bool: ...

    def each(self, work: Callable[[T], R], tasks: Sequence[T]) -> Iterator[tuple[int, R | Lost]]:
        """The index and outcome of each task as it ends, and nothing kept of it afterwards."""
        ...

    def run(self, work: Callable[[T], R], tasks: Sequence[T], done: Callable[[int], None] = ...) -> list[R | Lost]:
        """All outcomes in the order of the tasks; ``done`` hears the index of each that ended."""
        ...


def engine_for(name: str) -> Engine:
    """``local``, ``processes``, ``processes:4`` or ``dask://HOST:PORT``. Raises EngineError."""
    kind, sign, rest = name.partition(":")
    if name == "local":
        return Local()
    if kind == "processes" and (not sign or (rest.isascii() and rest.isdigit() and 0 < int(rest) <= 1024)):
        return Processes(int(rest) if sign else os.cpu_count() or 1)
    if kind == "dask" and rest.startswith("//") and len(rest) > 2:
        return OnDask(rest[2:])
    raise EngineError(f"{name!r} is not an engine; there are local, processes, processes:NUMBER and dask://HOST:PORT")


def at_hand(engine: Engine | None) -> Engine:
    """Who works on what lies on this machine's disk: the engine, where it can and there is one, else two processes."""
    if engine is not None and engine.shares_disk:
        return engine
    return Processes(AT_HAND) if (os.cpu_count() or 1) >= AT_HAND else Local()


def _unheard(_index: int) -> None:
    """Nobody wants to know."""


class _Each:
    """What all engines share."""

    shares_disk = True

    def each(self, work: Callable[[T], R], tasks: Sequence[T]) -> Iterator[tuple[int, R | Lost]]:
        """See :class:`Engine`."""
        raise NotImplementedError

    def run(self, work: Callable[[T], R], tasks: Sequence[T], done: Callable[[int], None] = _unheard) -> list[R | Lost]:
        """See :class:`Engine`."""
        found: dict[int, R | Lost] = {}
        for index, outcome in self.each(work, tasks):
            found[index] = outcome
            done(index)
        return [found[index] for index in range(len(tasks))]


@dataclass(frozen=True)
class Local(_Each):
    """One task after the other in this process."""

    def each(self, work: Callable[[T], R], tasks: Sequence[T]) -> Iterator[tuple[int, R | Lost]]:
        """See :class:`Engine`."""
        return ((index, self._one(work, task)) for index, task in enumerate(tasks))

    def _one(self, work: Callable[[T], R], task: T) -> R | Lost:
        reason = ""
        for _ in range(TRIES):
            try:
                return work(task)
            except MemoryError:
                raise
            except Exception as error:
                reason = _told(error)
        return Lost(reason)


@dataclass(frozen=True)
class Processes(_Each):
    """Several tasks at once in processes of this machine; a process that dies takes no result with it."""

    count: int

    def each(self, work: Callable[[T], R], tasks: Sequence[T]) -> Iterator[tuple[int, R | Lost]]:
        """See :class:`Engine`."""
        tried = dict.fromkeys(range(len(tasks)), 0)
        while tried:
            # Any of its tasks may have killed a process that died: what was lost once runs in a pool of its own.
            careful = [index for index, times in tried.items() if times]
            batch = careful[:1] if careful else list(tried)
            for index, outcome in self._batch(work, tasks, batch):
                if isinstance(outcome, Lost) and tried[index] + 1 < TRIES:
                    tried[index] += 1
                else:
                    del tried[index]
                    yield index, outcome

    def _batch(
        self, work: Callable[[T], R], tasks: Sequence[T], batch: Sequence[int]
    ) -> Iterator[tuple[int, R | Lost]]:
        # Spawned, since forking a process with threads of decompression and transfer may hang.
        context = multiprocessing.get_context("spawn")
        others = set(multiprocessing.active_children())
        with ProcessPoolExecutor(min(self.count, len(batch)), context, _begin) as pool:
            futures: dict[Future[R], int] = {pool.submit(work, tasks[index]): index for index in batch}
            workers = set(multiprocessing.active_children()) - others
            try:
                for future in as_completed(list(futures)):
                    outcome: R | Lost
                    try:
                        outcome = future.result()
                    except BrokenProcessPool:
                        outcome = Lost("the process that worked on it died")
                    except Exception as error:
                        outcome = Lost(_told(error))
                    yield futures.pop(future), outcome
            finally:
                # Whoever stops listening waits for nothing, not even for what is being worked on.
                for worker in workers if futures else ():
                    worker.terminate()
                pool.shutdown(wait=False, cancel_futures=True)


def _begin() -> None:
    """A process ends when the one that wanted its work does, however that ends, and for no other reason."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@dataclass(frozen=True)
class OnDask(_Each):
    """On a Dask cluster that somebody runs: its own retries, its own handling of workers that vanish."""

    address: str

    shares_disk = False

    def each(self, work: Callable[[T], R], tasks: Sequence[T]) -> Iterator[tuple[int, R | Lost]]:
        """See :class:`Engine`."""
        try:
            for index, outcome in Dask(self.address).each(work, tasks, TRIES - 1):
                yield index, Lost(_told(outcome)) if isinstance(outcome, Exception) else outcome
        except (OSError, ImportError) as error:
            raise EngineError(str(error)) from None


def _told(error: BaseException) -> str:
    """An error in one line."""
    return " ".join(str(error).split())[:300] or type(error).__name__
