"""The census of every country as one would write it around another decoder: the judge of gonedark's, and its rival.

Routes come from bgpdump's text or from pybgpkit-parser; who owns which addresses and AS numbers comes from gonedark's
registry, since neither has that. All else is written from docs/definitions.md alone. Begin with :func:`census`.
"""

import importlib
import ipaddress
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from statistics import median
from typing import Any

Route = tuple[str, int, str, str]
"""Peer address, peer ASN, prefix and AS path, the path as bgpdump prints it."""
Answer = dict[str, list[int]]
"""Visible national prefixes, their addresses (IPv6: /48s) each once, and origins, by ``family country``."""

ROUTE_SERVERS = frozenset(
    (
        *(1200, 4635, 5507, 6695, 6777, 7606, 8714, 9355, 9439, 9560, 9722, 9989, 11670, 15645, 17819, 18398, 21371),
        *(24029, 24115, 24990, 35054, 40633, 42476, 43100, 47886, 48850, 50384, 55818, 57463),
    )
)


def bgpdump_routes(path: str) -> Iterator[Route]:
    """What ``bgpdump -m`` prints."""
    with subprocess.Popen(
        ["bgpdump", "-m", path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as tool:
        for line in tool.stdout or ():
            fields = line.split("|", 7)
            yield fields[3], int(fields[4]), fields[5], fields[6]


def bgpkit_routes(path: str) -> Iterator[Route]:
    """What pybgpkit-parser gives."""
    module: Any = importlib.import_module("pybgpkit_parser")
    for row in module.Parser(path):
        yield row.peer_ip, row.peer_asn, row.prefix, row.as_path or ""


@cache
def origin(path: str) -> int | None:
    """The last AS that names a network, whatever AS_SETs and reserved numbers stand behind it."""
    for word in reversed(path.split()):
        members = word.strip("{}").split(",")
        asn = int(members[0])
        reserved = asn in (0, 23456) or 64496 <= asn <= 131071 or asn >= 4200000000
        if len(members) == 1 and not reserved and asn not in ROUTE_SERVERS:
            return asn
    return None


def census(routes: Iterable[Route], registry: Any, numpy: Any) -> Answer:
    """Both families of every country."""
    held: dict[str, dict[tuple[str, int], int | None]] = defaultdict(dict)
    for address, asn, prefix, path in routes:
        held[prefix].setdefault((address, asn), origin(path))
    answer: Answer = {}
    for version, family in ((4, "ipv4"), (6, "ipv6")):
        nets = {prefix: net for prefix in held if (net := ipaddress.ip_network(prefix)).version == version}
        answer |= _family(family, nets, held, registry, numpy)
    return answer


def _family(family: str, nets: dict[str, Any], held: Any, registry: Any, numpy: Any) -> Answer:
    sizes: dict[tuple[str, int], int] = defaultdict(int)
    for prefix in nets:
        for session in held[prefix]:
            sizes[session] += 1
    reference = median(size for size in sizes.values() if 2 * size >= max(sizes.values()))
    full = [session for session, size in sizes.items() if size >= 0.75 * reference]
    shift = 0 if family == "ipv4" else 64
    addresses = numpy.array([int(net.network_address) >> shift for net in nets.values()], numpy.uint64)
    lengths = numpy.array([net.prefixlen for net in nets.values()], numpy.uint8)
    owned: dict[str, list[str]] = defaultdict(list)
    for prefix, owner in zip(nets, registry.country_of_prefixes(family, addresses, lengths).tolist(), strict=True):
        if owner >= 0 and registry.codes[owner]:
            owned[registry.codes[owner]].append(prefix)
    answer = {}
    for code, prefixes in owned.items():
        voters = [session for session in full if registry.country_of_asn(session[1]) != code]
        visible = [prefix for prefix in prefixes if _is_visible(held[prefix], voters)]
        if visible:
            origins = {held[prefix].get(session) for prefix in visible for session in voters} - {None}
            units = _units([nets[prefix] for prefix in visible], registry.attribution(code).ranges[family].tolist())
            answer[f"{family} {code}"] = [len(visible), units, len(origins)]
    return answer


def _is_visible(sessions: dict[tuple[str, int], int | None], voters: list[tuple[str, int]]) -> bool:
    """Whether at least half of the peer ASNs carry a prefix, each with at least half of its sessions."""
    feeds: dict[int, list[bool]] = defaultdict(list)
    for voter in voters:
        feeds[voter[1]].append(voter in sessions)
    carriers = sum(any(has) and 2 * sum(has) >= len(has) for has in feeds.values())
    return carriers > 0 and 2 * carriers >= len(feeds)


def _units(nets: list[Any], ranges: list[list[int]]) -> int:
    """Addresses or /48s of the country that prefixes cover together."""
    bits = 32 if nets[0].version == 4 else 48
    covered = _union([[_unit(int(net[0]), net), _unit(int(net[-1]), net)] for net in nets])
    own = _union([[first, last] if bits == 32 else [first >> 16, last >> 16] for first, last in ranges])
    total = at = 0
    for first, last in covered:
        while at < len(own) and own[at][1] < first:
            at += 1
        here = at
        while here < len(own) and own[here][0] <= last:
            total += min(last, own[here][1]) - max(first, own[here][0]) + 1
            here += 1
    return total


def _unit(address: int, net: Any) -> int:
    return address if net.version == 4 else address >> 80


def _union(spans: list[list[int]]) -> list[list[int]]:
    joined: list[list[int]] = []
    for first, last in sorted(spans):
        if joined and first <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], last)
        else:
            joined.append([first, last])
    return joined
