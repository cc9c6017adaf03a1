"""The Dask side of the engines: one client, tasks spread out, results gathered as they come.

Begin with :class:`Dask`. ``distributed`` is an optional extra and is imported when it is used.
"""

# ruff: noqa: PLC0415

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

_CONNECT_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Dask:
    """A scheduler's address, ``HOST:PORT``."""

    address: str

    def each(self, work: Callable[[Any], Any], tasks: Sequence[Any], retries: int) -> Iterator[tuple[int, Any]]:
        """Index and result of each task as it ends; for one that failed every time, its exception. Raises OSError,
        ImportError."""
        try:
            from distributed import Client, as_completed
        except ImportError:
            raise ImportError("the dask engine needs an extra: pip install 'gonedark[dask]'") from None
        try:
            # A shard may be a table of every country: it goes from the worker to here, past the scheduler.
            client = Client(
                f"tcp://{self.address}", timeout=_CONNECT_SECONDS, set_as_default=False, direct_to_workers=True
            )
        except (OSError, TimeoutError, ValueError) as error:
            raise OSError(f"no Dask scheduler answers at {self.address} ({error})") from None
        with client:
            # One task, one future: equal tasks must not be taken for one, and results are not kept on workers.
            numbers = {
                client.submit(work, task, pure=False, retries=retries): index for index, task in enumerate(tasks)
            }
            for future in as_completed(list(numbers), loop=client.loop):
                index = numbers.pop(future)
                outcome = future.exception() if future.status == "error" else future.result()
                future.release()
                yield index, outcome
