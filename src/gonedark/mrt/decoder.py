"""The incremental core: bytes in any chunking go in, batches of rows come out.

Begin with :class:`Decoder`, which joins a parser and a resolver in one thread;
:mod:`gonedark.mrt.reader` has one thread for each. Not for files.
"""

from collections.abc import Generator, Iterable, Iterator

from gonedark.mrt.batch import Batch
from gonedark.mrt.dictionaries import PEERS_MAX, Dictionaries
from gonedark.mrt.parser import Parser, Ranges
from gonedark.mrt.resolver import Resolver
from gonedark.mrt.step import Step
from gonedark.mrt.summary import Summary


class Decoder:
    """Decodes one stream. ``feed`` it bytes, then ``finish``; both iterate over batches as they fill up.

    With ``key_sets`` above one, its ``parser`` may be so many steps ahead of ``resolve``, the step being made and the
    one being resolved counted.
    """

    def __init__(
        self,
        dictionaries: Dictionaries,
        *,
        name: str = "",
        ranges: Ranges | None = None,
        everything: bool = False,
        attributes: bool = False,
        batch_rows: int = 1 << 18,
        key_sets: int = 1,
    ) -> None:
        self.dictionaries = dictionaries
        self.parser = Parser(
            ranges=ranges,
            everything=everything,
            attributes=attributes,
            batch_rows=batch_rows,
            peers_max=PEERS_MAX,
            secrets=dictionaries.secrets,
            key_sets=key_sets,
        )
        self._resolver = Resolver(dictionaries, name, everything=everything)

    @property
    def summary(self) -> Summary:
        """What is known so far."""
        return self._resolver.summary(self.parser.entries, self.parser.stream_bytes)

    def feed(self, data: bytes | memoryview) -> Iterator[Batch]:
        """Decode what has become whole with these further bytes."""
        return self.resolve(self.parser.feed(data))

    def finish(self, damage: str | None = None) -> Iterator[Batch]:
        """No more bytes will come; ``damage`` says why, where it is not simply the end. Gives the last batch."""
        return self.resolve(self.parser.finish(damage))

    def resolve(self, steps: Iterable[Step]) -> Generator[Batch, None, None]:
        """Batches of steps of this decoder's parser, in their order."""
        for step in steps:
            if step.asks_peers:
                self.parser.peer_ids.put(self._resolver.peers_of(step))
            yield from self._resolver.take(step)
