"""What a user adds to the registries' word: prefixes and origin ASes that belong to a country all the same.

A file of lines ``country,prefix or AS[,note]``, comments from ``#`` on::

    # satellite and cross-border networks
    KP,77.94.35.0/24,leased from a provider abroad
    North Korea,AS131279

An added prefix moves: it leaves the country that had it. Of an added AS, every prefix it originates counts as national,
and the AS itself as domestic. Begin with :func:`attribute_file` and :func:`apply_additions`. Not for the RIRs' files.
"""

import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from gonedark.delegation.names import UnknownCountryError, find_country
from gonedark.delegation.overlay import overlay, to_ranges
from gonedark.delegation.rir import KINDS, Claims, DelegationError, Delegations, Kind, pack_code
from gonedark.model.attribution import SHORTEST, Ranges, Registry
from gonedark.model.prefix import ADDRESS_BITS, Prefix
from gonedark.named_file import read_named

MAX_BYTES = 8 << 20
_ASN = re.compile(r"^(?:AS)?(?:(\d{1,5})\.)?(\d{1,10})$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Addition:
    """One line: a country gets a prefix or an AS."""

    code: str
    resource: Prefix | int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Additions:
    """One file of them."""

    name: str
    entries: tuple[Addition, ...]


def attribute_file(path: Path) -> Additions:
    """Read a file of additions. Raises DelegationError that names the first bad line and how many there are."""
    try:
        blob = read_named(path, MAX_BYTES)
    except OSError as error:
        raise DelegationError(f"cannot read {path}: {error.strerror or error}") from None
    entries: list[Addition] = []
    bad: list[str] = []
    for number, line in enumerate(blob.decode("utf-8-sig", "replace").splitlines(), 1):
        text = line.partition("#")[0].strip()
        if text:
            try:
                entries.append(_addition(text))
            except (UnknownCountryError, ValueError) as error:
                bad.append(f"line {number}: {error}")
    if bad:
        more = f" (and {len(bad) - 1:,} more bad lines)" if len(bad) > 1 else ""
        raise DelegationError(f"{path.name} {bad[0]}{more}")
    if not entries:
        raise DelegationError(f"{path.name} adds nothing; write lines such as KP,175.45.176.0/22 or KP,AS131279")
    return Additions(path.name, tuple(entries))


def _addition(text: str) -> Addition:
    country, _, rest = text.partition(",")
    resource, _, note = rest.partition(",")
    if not resource.strip():
        raise ValueError(f"{text[:60]!r} is not of the form country,prefix or AS[,note]")
    return Addition(find_country(country).code, _resource(resource.strip()), note.strip())


def _resource(text: str) -> Prefix | int:
    found = _ASN.match(text)
    if found:
        upper, lower = found.groups()
        asn = (int(upper) << 16) + int(lower) if upper else int(lower)
        if not 0 < asn < 1 << 32 or (upper and int(lower) >= 1 << 16):
            raise ValueError(f"{text!r} is no AS number")
        return asn
    prefix = Prefix.parse(text)
    longest = min(64, ADDRESS_BITS[prefix.family])
    if not SHORTEST[prefix.family] <= prefix.length <= longest:
        raise ValueError(f"{text!r} must be between /{SHORTEST[prefix.family]} and /{longest}")
    return prefix


def apply_additions(registry: Registry, additions: Additions) -> Registry:
    """The registry with the additions in force, and said so in its source."""
    files = [_from_additions(additions), _from_registry(registry)]
    codes, ranges = to_ranges({kind: overlay(files, kind) for kind in KINDS})
    origins = {code: set(asns) for code, asns in registry.origins.items()}
    for entry in additions.entries:
        if isinstance(entry.resource, int):
            origins.setdefault(entry.code, set()).add(entry.resource)
    asns = sum(isinstance(entry.resource, int) for entry in additions.entries)
    return replace(
        registry,
        codes=codes,
        ranges={"ipv4": ranges["ipv4"], "ipv6": ranges["ipv6"]},
        asns=ranges["asn"],
        origins={code: frozenset(asns) for code, asns in origins.items()},
        source=f"{registry.source}; {len(additions.entries) - asns} prefixes and {asns} ASes added by {additions.name}",
    )


def _from_additions(additions: Additions) -> Delegations:
    rows: dict[Kind, list[tuple[int, int, int]]] = {kind: [] for kind in KINDS}
    for entry in additions.entries:
        code, resource = pack_code(entry.code), entry.resource
        if isinstance(resource, int):
            rows["asn"].append((resource, resource, code))
        else:
            shift = 0 if resource.family == "ipv4" else 64
            last = resource.address | ((1 << (ADDRESS_BITS[resource.family] - resource.length)) - 1)
            rows[resource.family].append((resource.address >> shift, last >> shift, code))
    return _delegations("additions", 2, {kind: _claims(rows[kind]) for kind in KINDS})


def _from_registry(registry: Registry) -> Delegations:
    packed = np.array([pack_code(code) for code in registry.codes], np.int16)

    def claims(ranges: Ranges) -> Claims:
        return Claims(ranges.first, ranges.last, packed[ranges.country], np.zeros(len(ranges), np.int32))

    addresses: dict[Kind, Claims] = {family: claims(ranges) for family, ranges in registry.ranges.items()}
    return _delegations("registry", 1, {"asn": claims(registry.asns), **addresses})


def _claims(rows: list[tuple[int, int, int]]) -> Claims:
    first, last = (np.array([row[column] for row in rows], np.uint64) for column in (0, 1))
    return Claims(first, last, np.array([row[2] for row in rows], np.int16), np.zeros(len(rows), np.int32))


def _delegations(name: str, date: int, claims: dict[Kind, Claims]) -> Delegations:
    return Delegations(name, name, date, claims, {kind: len(claims[kind]) for kind in KINDS}, {})
