"""Which AS paths a peer has to an origin, in a world of customers and providers.

Begin with :class:`Topology`. An AS climbs from provider to provider up to the *core*, whose members are all connected
to each other; a path goes up from the peer and down to the origin, or turns where the two climbs meet. That is enough
for paths that look like the real ones; it is no model of routing policy.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gonedark.mrt.writer import AsPath

LONGEST_CLIMB = 6
MOST_PATHS = 4


class Topology:
    """The carriers of the world. ``via`` gives each one's providers; ``salt`` decides between equally good paths."""

    def __init__(self, core: Iterable[int], via: Mapping[int, Sequence[int]], salt: int) -> None:
        self._core = frozenset(core)
        self._via = dict(via)
        self._salt = salt
        self._found: dict[tuple[int, tuple[int, ...], int, tuple[int, ...]], tuple[AsPath, ...]] = {}

    @property
    def core(self) -> tuple[int, ...]:
        """The networks without providers."""
        return tuple(sorted(self._core))

    def paths(
        self, peer: int, upstreams: tuple[int, ...], origin: int, providers: tuple[int, ...]
    ) -> tuple[AsPath, ...]:
        """Up to four paths from the peer to the origin, best first. Raises ValueError where there is none."""
        key = (peer, upstreams, origin, providers)
        if key not in self._found:
            joined = {
                _join(up, down) for up in self._climbs(peer, upstreams) for down in self._climbs(origin, providers)
            }
            if not joined:
                raise ValueError(f"AS{peer} has no path to AS{origin}: one of them reaches no network of the core")
            self._found[key] = tuple(sorted(joined, key=self._rank)[:MOST_PATHS])
        return self._found[key]

    def _climbs(self, start: int, providers: Sequence[int]) -> list[AsPath]:
        """Ways from an AS up to the core; a member of the core is there already."""
        if start in self._core:
            return [(start,)]
        return [climb for provider in providers for climb in self._climb((start, provider))]

    def _climb(self, way: tuple[int, ...]) -> Iterator[AsPath]:
        last = way[-1]
        if last in self._core:
            yield way
        elif len(way) < LONGEST_CLIMB:
            for provider in self._via.get(last, ()):
                if provider not in way:
                    yield from self._climb((*way, provider))

    def _rank(self, path: AsPath) -> tuple[int, int]:
        return len(path), zlib.crc32(f"{self._salt} {path}".encode())


def _join(up: AsPath, down: AsPath) -> AsPath:
    """From the peer up and down to the origin; where both climbs share an AS, the path turns there."""
    for place, hop in enumerate(up):
        if hop in down:
            return up[:place] + down[down.index(hop) :: -1]
    return up + down[::-1]
