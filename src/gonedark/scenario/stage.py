"""Everything of a scenario that is there before anything happens: origins, their prefixes, sessions, first tables.

Begin with :class:`Stage`. It joins a scenario to its surroundings and answers which sessions hear of an origin and over
which paths. What happens then is :mod:`gonedark.scenario.story`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random

from gonedark.model.prefix import FAMILIES, Family, Prefix
from gonedark.model.time import HOUR_US, MINUTE_US
from gonedark.mrt.writer import AsPath
from gonedark.scenario.allotment import cut
from gonedark.scenario.facts import PeerAs, Scenario, Surroundings
from gonedark.scenario.routing import Topology
from gonedark.scenario.world import Vantage, World

OLDEST_ROUTE_HOURS = 240
RECONSTRUCTION_VIEW = "gonedark reconstruction, {collector}"
"""View name of the tables, so that whoever reads them can say that they were built from facts."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A session with the peer behind it; a seat carries the family of its address."""

    vantage: Vantage
    peer: PeerAs
    family: Family


@dataclass(frozen=True)
class Origin:
    """An AS that announces prefixes."""

    asn: int
    providers: tuple[int, ...]
    prefixes: tuple[Prefix, ...]

    @cached_property
    def by_family(self) -> dict[Family, tuple[Prefix, ...]]:
        """Its prefixes of each family."""
        return {family: tuple(_of(self.prefixes, family)) for family in FAMILIES}


class Stage:
    """A scenario's world at the start. ``seed`` decides what no fact does; the same seed gives the same world."""

    def __init__(self, scenario: Scenario, surroundings: Surroundings, seed: int) -> None:
        self.scenario = scenario
        self.seed = seed
        self.from_us = scenario.window.span.from_us - scenario.archive.lead_minutes * MINUTE_US
        self.until_us = scenario.window.span.until_us
        transits = {transit.asn: transit.via for transit in (*surroundings.transit, *scenario.transit)}
        self.topology = Topology(surroundings.core, transits, seed)
        self.networks = {origin.asn: origin for origin in self._networks()}
        self.others = list(self._others(surroundings))
        _check_unique([*self.networks.values(), *self.others])
        self.world = World(view=RECONSTRUCTION_VIEW)
        self.seats = list(self._seats(surroundings))
        self.collectors = sorted({seat.vantage.collector for seat in self.seats})
        self._fill()

    def rng(self, *key: object) -> Random:
        """Chance that depends on the seed and the key alone."""
        return Random(f"{self.seed} {key}")

    def hears(self, seat: Seat, origin: Origin) -> bool:
        """A full feed hears of every origin, a partial one of its share of them."""
        return seat.peer.share >= 1 or self.rng("share", seat.peer.asn, origin.asn).random() < seat.peer.share

    def paths(self, seat: Seat, origin: Origin) -> tuple[AsPath, ...]:
        """The seat's paths to an origin, best first."""
        return self.topology.paths(seat.peer.asn, seat.peer.upstreams, origin.asn, origin.providers)

    def _networks(self) -> Iterator[Origin]:
        for network in self.scenario.network:
            blocks = [Prefix.parse(block) for block in network.blocks]
            made = cut(blocks, network.count, self.rng("cut", network.asn))
            named = [Prefix.parse(prefix) for prefix in network.prefixes]
            yield Origin(network.asn, network.providers, tuple(sorted([*named, *made])))

    def _others(self, surroundings: Surroundings) -> Iterator[Origin]:
        """The background's origins; the scenario's own country and networks are left to the scenario."""
        rows = [
            (int(asn), [Prefix.parse(block) for block in blocks])
            for country in surroundings.country
            if country.code != self.scenario.country
            for asn, blocks in country.origins.items()
            if int(asn) not in self.networks
        ]
        background = self.scenario.background
        wanted: dict[Family, int] = {"ipv4": background.prefixes_v4, "ipv6": background.prefixes_v6}
        holders = {family: [asn for asn, blocks in rows if _of(blocks, family)] for family in FAMILIES}
        for asn, blocks in rows:
            made: list[Prefix] = []
            for family in FAMILIES:
                if asn in holders[family]:
                    place, shares = holders[family].index(asn), len(holders[family])
                    count = wanted[family] // shares + (place < wanted[family] % shares)
                    made += cut(_of(blocks, family), count, self.rng("cut", asn, family))
            providers = self.rng("providers", asn).sample(self.topology.core, 2)
            yield Origin(asn, tuple(providers), tuple(made))

    def _seats(self, surroundings: Surroundings) -> Iterator[Seat]:
        collectors = (*surroundings.collector, *self.scenario.collector)
        for collector in collectors:
            self.world.collector(collector.name, precise=collector.microseconds)
        for peer in (*surroundings.peer, *self.scenario.peer):
            for name, addresses in peer.sessions.items():
                for address in addresses:
                    vantage = self.world.session(name, peer.asn, address)
                    yield Seat(vantage, peer, "ipv6" if ":" in address else "ipv4")

    def _fill(self) -> None:
        """The first tables, with routes of different ages."""
        for origin in [*self.networks.values(), *self.others]:
            age_us = int(self.rng("age", origin.asn).uniform(1, OLDEST_ROUTE_HOURS) * HOUR_US)
            for seat in self.seats:
                prefixes = origin.by_family[seat.family]
                if prefixes and self.hears(seat, origin):
                    path = self.paths(seat, origin)[0]
                    self.world.hold(seat.vantage, prefixes, path, since_us=self.from_us - age_us)


def _of(blocks: Sequence[Prefix], family: Family) -> list[Prefix]:
    return [block for block in blocks if block.family == family]


def _check_unique(origins: Sequence[Origin]) -> None:
    seen: dict[Prefix, int] = {}
    for origin in origins:
        for prefix in origin.prefixes:
            if prefix in seen:
                raise ValueError(f"{prefix} is announced by AS{seen[prefix]} and AS{origin.asn}")
            seen[prefix] = origin.asn
