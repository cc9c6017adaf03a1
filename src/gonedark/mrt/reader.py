"""The door of the room: a file in, batches of route elements out.

Begin with :class:`MrtReader`; :func:`gonedark.mrt.probe.probe` only looks what a file is. Not for people, who are
served by :mod:`gonedark.api`.
"""

import os
from collections.abc import Generator, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gonedark.model.prefix import Family
from gonedark.mrt.batch import Batch
from gonedark.mrt.compiled import warn_if_slow
from gonedark.mrt.decoder import Decoder
from gonedark.mrt.decompress import BLOCKS_AHEAD, BlockStream, Source, is_small
from gonedark.mrt.dictionaries import Dictionaries
from gonedark.mrt.relay import Relay
from gonedark.mrt.step import Step
from gonedark.mrt.summary import Summary

STEPS_AHEAD = 10
BATCHES_AHEAD = 3


class MrtReader:
    """Iterate over it once for the batches of one MRT file, in file order and of bounded size.

    ``source`` is a path, bytes or a readable binary file, compressed or not. ``dictionaries`` may be shared by the
    readers of one collector's files. With ``ranges`` (inclusive first and last, (n, 2), IPv6 by upper halves),
    only prefixes that overlap one are decoded fully; of foreign ones, tables give who has them (``Batch.presence``) and
    updates rows without a path. ``everything`` adds rows that say nothing of what a peer can reach: multicast routes
    (flag MULTICAST) and messages that the collector itself sent (flag LOCAL). ``attributes`` adds the path attributes,
    communities among them, and path identifiers. ``apart`` lets a batch be looked at while others are resolved: for
    whoever looks at neither dictionaries nor summary before the end.

    Raises OSError where the source cannot be opened or read; whatever is wrong inside it is in ``summary``.
    """

    def __init__(
        self,
        source: Source,
        *,
        name: str = "",
        dictionaries: Dictionaries | None = None,
        ranges: dict[Family, NDArray[np.uint64]] | None = None,
        everything: bool = False,
        attributes: bool = False,
        apart: bool = False,
        batch_rows: int = 1 << 18,
    ) -> None:
        warn_if_slow()
        self.dictionaries = Dictionaries() if dictionaries is None else dictionaries
        self.name = name or (Path(source).name if isinstance(source, str | os.PathLike) else "")
        self._source = source
        self._runs_ahead, self._is_apart = not is_small(source), apart
        self._decoder = Decoder(
            self.dictionaries,
            name=self.name,
            ranges=ranges,
            everything=everything,
            attributes=attributes,
            batch_rows=batch_rows,
            key_sets=STEPS_AHEAD + 2 if self._runs_ahead else 1,
        )

    def __iter__(self) -> Iterator[Batch]:
        """Three stages where there is enough to do for threads: decompressing, parsing and resolving, here or apart."""
        with BlockStream(self._source, ahead=False) as stream:
            if not self._runs_ahead:
                yield from self._decoder.resolve(self._steps(iter(stream), stream))
                return
            relay = Relay()
            blocks = relay.stage(iter(stream), BLOCKS_AHEAD)
            steps = relay.stage(self._steps(blocks, stream), STEPS_AHEAD)
            resolved = self._decoder.resolve(steps)
            batches = relay.stage(resolved, BATCHES_AHEAD) if self._is_apart else resolved
            with relay:
                try:
                    yield from batches
                finally:
                    self._decoder.parser.peer_ids.put(None)

    def _steps(self, blocks: Iterator[bytes], stream: BlockStream) -> Generator[Step, None, None]:
        for block in blocks:
            yield from self._decoder.parser.feed(block)
        yield from self._decoder.parser.finish(stream.damage)

    @property
    def summary(self) -> Summary:
        """What is known of the file; complete once iteration has ended."""
        return self._decoder.summary
