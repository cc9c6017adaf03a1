"""Exposure worked out again, slowly, with plain dicts and fractions over bgpdump's text: the judge of the fast way.

Written from the definitions alone; it shares no code with the package but the delegation of addresses. Begin with
:class:`SlowWorld`. Not for anything outside tests.
"""

from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from math import floor, fsum
from statistics import median

Path = tuple[int, ...]
ROUTE_SERVERS = {
    *(1200, 4635, 5507, 6695, 6777, 7606, 8714, 9355, 9439, 9560, 9722, 9989, 11670, 15645, 17819, 18398, 21371),
    *(24029, 24115, 24990, 35054, 40633, 42476, 43100, 47886, 48850, 50384, 55818, 57463),
}


def clean(text: str) -> Path:
    path: list[int] = []
    for word in text.split():
        if "{" in word:
            members = word.strip("{}").split(",")
            if len(members) > 1:
                continue
            word = members[0]
        asn = int(word)
        if asn in (0, 23456) or 64496 <= asn <= 131071 or asn >= 4200000000 or asn in ROUTE_SERVERS:
            continue
        if asn in path:
            path = path[: path.index(asn)]
        path.append(asn)
    return tuple(path)


class SlowWorld:
    """One IPv4 table: ``routes[prefix][session]`` is a clean path; prefixes are (first, last) addresses, inclusive."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.routes: dict[tuple[int, int], dict[tuple[int, str], Path]] = defaultdict(dict)
        sizes: dict[tuple[int, str], int] = defaultdict(int)
        for line in lines:
            _, _, _, address, asn, prefix, path, *_ = line.split("|")
            if ":" in prefix:
                continue
            session = int(asn), address
            held = self.routes[_span(prefix)]
            if session not in held:
                held[session] = clean(path)
                sizes[session] += 1
        largest = max(sizes.values())
        reference = median(size for size in sizes.values() if 2 * size >= largest)
        self.full = [session for session, size in sizes.items() if size >= 0.75 * reference]

    def country(self, ranges: list[tuple[int, int]], is_domestic) -> "SlowCountry":
        return SlowCountry(self, ranges, is_domestic)


def _span(prefix: str) -> tuple[int, int]:
    address, _, bits = prefix.partition("/")
    number = 0
    for part in address.split("."):
        number = number * 256 + int(part)
    return number, number + 2 ** (32 - int(bits)) - 1


def _together(units: dict[int, int]) -> Fraction:
    """The sum of weights: addresses by the number of feeds that share them."""
    return sum((Fraction(some, feeds) for feeds, some in units.items()), Fraction(0))


class SlowCountry:
    """One country: its visible prefixes with their own addresses, and every question asked of them."""

    def __init__(self, world: SlowWorld, ranges: list[tuple[int, int]], is_domestic) -> None:
        self.is_domestic = is_domestic
        self.feeds: dict[int, int] = defaultdict(int)
        for asn, _ in world.full:
            if not is_domestic(asn):
                self.feeds[asn] += 1
        sessions = [session for session in world.full if session[0] in self.feeds]
        self.routes: dict[tuple[int, int], dict[tuple[int, str], Path]] = {}
        for prefix, held in world.routes.items():
            size = prefix[1] - prefix[0] + 1
            if size > 2**24 or 2 * self._inside(prefix, ranges) < size:
                continue
            mine = {session: held[session] for session in sessions if session in held}
            carriers = 0
            for asn, feeds in self.feeds.items():
                count = sum(session[0] == asn for session in mine)
                carriers += count > 0 and 2 * count >= feeds
            if carriers and 2 * carriers >= len(self.feeds):
                self.routes[prefix] = mine
        self.own = self._own(ranges)
        self.home = {
            prefix: {session: path for session, path in held.items() if path and is_domestic(path[-1])}
            for prefix, held in self.routes.items()
        }

    @staticmethod
    def _inside(prefix: tuple[int, int], ranges: list[tuple[int, int]]) -> int:
        total = 0
        for first, last in ranges[max(0, bisect(ranges, (prefix[0], 0)) - 1) :]:
            if first > prefix[1]:
                break
            total += max(0, min(prefix[1], last) - max(prefix[0], first) + 1)
        return total

    def _own(self, ranges: list[tuple[int, int]]) -> dict[tuple[int, int], int]:
        """Addresses of each prefix less those of the prefixes next inside it."""
        own = {prefix: self._inside(prefix, ranges) for prefix in self.routes}
        whole = dict(own)
        for first, last in self.routes:
            size = last - first + 1
            while size < 2**32:
                size *= 2
                around = first // size * size, first // size * size + size - 1
                if around in own:
                    own[around] -= whole[first, last]
                    break
        return own

    def census(self) -> tuple[int, int, int]:
        origins = {path[-1] for held in self.routes.values() for path in held.values() if path}
        return len(self.routes), sum(self.own.values()), len(origins)

    def foreign_origins(self) -> dict[int, tuple[int, int]]:
        found: dict[int, set[tuple[int, int]]] = defaultdict(set)
        for prefix, held in self.routes.items():
            for path in held.values():
                if path and not self.is_domestic(path[-1]):
                    found[path[-1]].add(prefix)
        return {asn: (len(some), sum(self.own[one] for one in some)) for asn, some in found.items()}

    def _rows(self):
        """Each route with its addresses, and the feeds of its voter: its weight is the one by the other."""
        for prefix, held in self.home.items():
            for session, path in held.items():
                yield prefix, session, path, self.own[prefix], self.feeds[session[0]]

    def provider(self, path: Path) -> int | None:
        return next((asn for asn in reversed(path) if not self.is_domestic(asn)), None)

    @cached_property
    def total(self) -> Fraction:
        sums: dict[int, int] = defaultdict(int)
        for *_, units, feeds in self._rows():
            sums[feeds] += units
        return _together(sums)

    def _shares(self, labels) -> dict[int, float]:
        sums: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        for _, session, path, units, feeds in self._rows():
            for name in labels(session, path):
                sums[name][feeds] += units
        weights = {name: _together(some) for name, some in sums.items()}
        return {name: float(weight / self.total) for name, weight in weights.items() if weight}

    def providers(self) -> dict[int, float]:
        return self._shares(lambda _, path: {self.provider(path)} - {None})

    def gateways(self, path: Path) -> set[int]:
        return {
            one if self.is_domestic(one) else other
            for one, other in pairwise(path)
            if self.is_domestic(one) != self.is_domestic(other)
        }

    def frontier(self) -> dict[int, tuple[int, float, int]]:
        """Addresses reached, share, voters."""
        shares = self._shares(lambda _, path: self.gateways(path))
        prefixes, voters = defaultdict(set), defaultdict(set)
        for prefix, session, path, *_ in self._rows():
            for asn in self.gateways(path):
                prefixes[asn].add(prefix)
                voters[asn].add(session[0])
        return {
            asn: (sum(self.own[one] for one in some), shares.get(asn, 0.0), len(voters[asn]))
            for asn, some in prefixes.items()
        }

    def countries(self, country_of) -> dict[str, float]:
        def labels(session, path):
            nearest = self.provider(path)
            hops = {asn for asn in path if not self.is_domestic(asn) and (asn != session[0] or asn == nearest)}
            return {country_of(asn) for asn in hops} - {None}

        return self._shares(labels)

    def hegemony(self, origin: int | None = None) -> dict[int, float]:
        """Trimmed mean over voters of the mean over their sessions."""
        totals: dict[tuple[int, str], int] = defaultdict(int)
        crossed: dict[tuple[int, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))
        for prefix, held in self.home.items():
            for session, path in held.items():
                if origin is None or path[-1] == origin:
                    totals[session] += self.own[prefix]
                    for asn in path[:-1]:
                        crossed[session][asn] += self.own[prefix]
        ases = {asn for some in crossed.values() for asn in some}
        found = {}
        for asn in ases:
            values = []
            for voter, feeds in self.feeds.items():
                if voter != asn:
                    shares = [
                        crossed[session][asn] / total
                        for session, total in totals.items()
                        if session[0] == voter and total
                    ]
                    values.append(fsum(shares) / feeds)
            if values:
                values.sort()
                cut = floor(0.1 * len(values))
                kept = values[cut : len(values) - cut]
                found[asn] = fsum(kept) / len(kept)
        return {asn: value for asn, value in found.items() if value > 0}

    def graph(self) -> tuple[dict[int | str, set], dict[frozenset[int], int]]:
        """Edges outwards up to "world", and addresses by their set of domestic origins."""
        edges: dict[int | str, set] = defaultdict(set)
        sources: dict[frozenset[int], int] = defaultdict(int)
        for prefix, held in self.home.items():
            for path in held.values():
                way = list(reversed(path))
                end = next((at for at, asn in enumerate(way) if not self.is_domestic(asn)), len(way) - 1)
                for near, far in zip(way[: end + 1], [*way[1 : end + 1], "world"], strict=True):
                    edges[near].add(far)
            if held and self.own[prefix]:
                sources[frozenset(path[-1] for path in held.values())] += self.own[prefix]
        return edges, sources

    def lost_without(self, removed: set[int]) -> int:
        edges, sources = self.graph()
        return lost_without(edges, sources, removed)

    def beyond(self, asn: int) -> tuple[int, int]:
        """Addresses to which every voter's path leads through the AS, and over how many first hops."""
        lost, hops = 0, set()
        for prefix, held in self.home.items():
            mine = {session: path for session, path in held.items() if session[0] != asn}
            if mine and all(asn in path for path in mine.values()):
                lost += self.own[prefix]
                for session, path in mine.items():
                    rest = path[1:] if path[0] == session[0] and len(path) > 1 else path
                    hops.add(rest[0])
        return lost, len(hops)

    def left_without(self, gone: set[int], ranges: list[tuple[int, int]]) -> int:
        """Addresses under prefixes that some seen route of a remaining voter still reaches."""
        alive = [
            prefix
            for prefix, held in self.routes.items()
            if any(session[0] not in gone and path and not gone & set(path) for session, path in held.items())
        ]
        total, reach = 0, -1
        for first, last in sorted(alive):
            if last > reach:
                total += self._inside((max(first, reach + 1), last), ranges)
                reach = last
        return total


def reaching(edges, removed: set) -> set:
    """Nodes that still have a way to the world."""
    inward = defaultdict(set)
    for near, some in edges.items():
        for far in some:
            inward[far].add(near)
    seen, stack = set(), ["world"]
    while stack:
        for near in inward[stack.pop()] - removed - seen:
            seen.add(near)
            stack.append(near)
    return seen


def lost_without(edges, sources, removed: set) -> int:
    alive = reaching(edges, removed)
    return sum(units for origins, units in sources.items() if not origins & alive)


def disjoint_ways(edges, sources) -> int:
    """The size of the smallest vertex cut, by node-disjoint ways found one after the other (Ford and Fulkerson)."""
    room: dict = defaultdict(lambda: defaultdict(int))
    for near, some in edges.items():
        room[near, "in"][near, "out"] = 1
        for far in some:
            room[near, "out"]["world" if far == "world" else (far, "in")] = 10**9
    for far in {far for some in edges.values() for far in some} - {"world"}:
        room[far, "in"][far, "out"] = 1
    for origins in sources:
        for origin in origins:
            room["source"][origin, "in"] = 10**9
    flow = 0
    while True:
        before = {"source": None}
        stack = ["source"]
        while stack and "world" not in before:
            node = stack.pop()
            for target, left in list(room[node].items()):
                if left > 0 and target not in before:
                    before[target] = node
                    stack.append(target)
        if "world" not in before:
            return flow
        node = "world"
        while before[node] is not None:
            room[before[node]][node] -= 1
            room[node][before[node]] += 1
            node = before[node]
        flow += 1
