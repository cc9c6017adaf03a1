"""Reads scenario files, and says in one line what is wrong with one.

Begin with :func:`parse`, which takes the text of a file; :func:`names` and :func:`load` know the scenarios that ship
with the package. Unknown keys are errors that name the nearest known key. Reading files is the caller's.
"""

import difflib
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from ipaddress import ip_address
from typing import Any, TypeVar, get_args

import msgspec

from gonedark.model.prefix import Prefix
from gonedark.model.time import DAY_US, format_time
from gonedark.scenario import facts
from gonedark.scenario.facts import Fact, Scenario, Surroundings, Table, time_us

_Kind = TypeVar("_Kind", bound=Table)
_LIBRARY = resources.files("gonedark.scenario") / "library"
_SURROUNDINGS = "surroundings"
_CLAIMS = ".claims.toml"
LONGEST_WINDOW_DAYS = 31


def names() -> tuple[str, ...]:
    """Names of the scenarios that ship with the package."""
    entries = (entry.name for entry in _LIBRARY.iterdir() if entry.name.endswith(".toml"))
    found = (name.removesuffix(".toml") for name in entries if not name.endswith(_CLAIMS))
    return tuple(sorted(name for name in found if name != _SURROUNDINGS))


def load(name: str) -> Scenario:
    """A scenario that ships with the package. Raises ValueError with the nearest name where there is none."""
    if name not in names():
        raise ValueError(f"there is no scenario {name!r}{_nearest(name, names())}")
    return parse(_LIBRARY.joinpath(f"{name}.toml").read_text(encoding="utf-8"), name)


def claims_text(name: str) -> str | None:
    """The claims that ship with a scenario, as the text of a claims file; None where there are none."""
    entry = _LIBRARY.joinpath(f"{name}{_CLAIMS}")
    return entry.read_text(encoding="utf-8") if name in names() and entry.is_file() else None


def parse(text: str, name: str = "scenario") -> Scenario:
    """The text of a scenario file. Raises ValueError with one line for people: where, what, and what to write."""
    scenario = _read(text, Scenario, name)
    for problem in _problems(scenario):
        raise ValueError(f"{name}: {problem}")
    return scenario


@cache
def surroundings() -> Surroundings:
    """The world around every scenario."""
    text = _LIBRARY.joinpath(f"{_SURROUNDINGS}.toml").read_text(encoding="utf-8")
    world = _read(text, Surroundings, _SURROUNDINGS)
    for problem in _unmarked(world):
        raise ValueError(f"{_SURROUNDINGS}: {problem}")
    return world


def _read(text: str, kind: type[_Kind], name: str) -> _Kind:
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{name} is not TOML: {error}") from None
    for problem in _unknown_keys(tree, kind, ""):
        raise ValueError(f"{name}: {problem}")
    try:
        return msgspec.convert(tree, kind)
    except msgspec.ValidationError as error:
        raise ValueError(f"{name}: {error}") from None


def _nearest(word: str, known: tuple[str, ...] | list[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; known are {', '.join(sorted(known))}" if known else "; it names none"


def _unknown_keys(tree: dict[str, Any], kind: type[Table], where: str) -> Iterator[str]:
    """Keys that a table does not have, in the order of the file, and in the tables within it."""
    fields = {field.encode_name: field.type for field in msgspec.structs.fields(kind)}
    tag = kind.__struct_config__.tag_field
    for key, value in tree.items():
        if key == tag:
            continue
        if key not in fields:
            yield f"{where or 'the file'} has an unknown key {key!r}{_nearest(key, list(fields))}"
            continue
        tables = value if isinstance(value, list) else [value]
        for number, table in enumerate(tables, 1):
            if isinstance(table, dict):
                place = f"{where} {key} {number}" if isinstance(value, list) else f"{where} {key}"
                yield from _unknown_in(table, fields[key], place.strip())


def _unknown_in(table: dict[str, Any], declared: Any, where: str) -> Iterator[str]:
    kinds = _table_kinds(declared)
    tagged = {str(kind.__struct_config__.tag): kind for kind in kinds if kind.__struct_config__.tag}
    if tagged:
        tag = str(table.get("kind"))
        if tag not in tagged:
            yield f"{where} is of the unknown kind {tag!r}{_nearest(tag, list(tagged))}"
            return
        kinds = [tagged[tag]]
    if kinds:
        yield from _unknown_keys(table, kinds[0], where)


def _table_kinds(declared: Any) -> list[type[Table]]:
    """The table types in an annotation such as ``tuple[Network, ...]`` or a union."""
    if isinstance(declared, type) and issubclass(declared, Table):
        return [declared]
    return [kind for inner in get_args(declared) for kind in _table_kinds(inner)]


def _tables(table: Table, where: str) -> Iterator[tuple[str, Fact]]:
    """Every table of facts with its place, as it is counted in the file."""
    for field in msgspec.structs.fields(type(table)):
        value = getattr(table, field.name)
        if isinstance(value, Fact) and value != field.default:
            yield f"{where}{field.encode_name}", value
        if isinstance(value, tuple):
            for number, item in enumerate(value, 1):
                if isinstance(item, Fact):
                    yield f"{where}{field.encode_name} {number}", item


def _unmarked(table: Scenario | Surroundings) -> Iterator[str]:
    sources = [source.id for source in table.source]
    for where, fact in _tables(table, ""):
        if not fact.sources and not fact.invented:
            yield f'{where} must say documented = "a source\'s id" or invented = "why"'
        for name in fact.sources:
            if name not in sources:
                yield f"{where} is documented by {name!r}, which is no source of this file{_nearest(name, sources)}"


def _problems(scenario: Scenario) -> Iterator[str]:
    yield from _unmarked(scenario)
    if not re.fullmatch("[A-Z]{2}", scenario.country):
        yield f"country {scenario.country!r} is not an ISO 3166-1 code such as 'KP'"
    if time_us(scenario.window.from_) >= time_us(scenario.window.until):
        yield "the window must end after it begins"
    elif scenario.window.span.duration_us > LONGEST_WINDOW_DAYS * DAY_US:
        yield f"the window may be at most {LONGEST_WINDOW_DAYS} days long"
    for number, network in enumerate(scenario.network, 1):
        yield from (f"network {number}: {problem}" for problem in _network_problems(network))
    collectors = [collector.name for collector in (*surroundings().collector, *scenario.collector)]
    for number, peer in enumerate(scenario.peer, 1):
        yield from (f"peer {number}: {problem}" for problem in _peer_problems(peer, collectors))
    for number, event in enumerate(scenario.event, 1):
        yield from (f"event {number}: {problem}" for problem in _event_problems(event, scenario, collectors))


def _peer_problems(peer: facts.PeerAs, collectors: list[str]) -> Iterator[str]:
    for collector, addresses in peer.sessions.items():
        if collector not in collectors:
            yield f"there is no collector {collector!r}{_nearest(collector, collectors)}"
        for address in addresses:
            try:
                ip_address(address)
            except ValueError:
                yield f"{address!r} is not an IP address"


def _network_problems(network: facts.Network) -> Iterator[str]:
    for prefix in (*network.prefixes, *network.blocks):
        try:
            Prefix.parse(prefix)
        except ValueError as error:
            yield str(error)
    if bool(network.blocks) != (network.count > 0):
        yield f"AS{network.asn} needs both count and blocks, or neither"
    if not network.prefixes and not network.blocks:
        yield f"AS{network.asn} has neither prefixes nor blocks"


def _event_problems(event: facts.Event, scenario: Scenario, collectors: list[str]) -> Iterator[str]:
    span = scenario.window.span
    for moment in (getattr(event, key, None) for key in ("at", "from_", "until")):
        if moment is not None and not span.from_us <= time_us(moment) <= span.until_us:
            yield f"{format_time(time_us(moment))} lies outside the window"
    if isinstance(event, facts.Flapping | facts.FilesMissing) and time_us(event.from_) >= time_us(event.until):
        yield "it must end after it begins"
    known = {network.asn for network in scenario.network}
    for asn in getattr(event, "networks", ()):
        if asn not in known:
            yield f"AS{asn} is no network of this scenario"
    collector = getattr(event, "collector", None)
    if collector is not None and collector not in collectors:
        yield f"there is no collector {collector!r}{_nearest(collector, collectors)}"
    if isinstance(event, facts.Flapping) and event.shortest_seconds > event.longest_seconds:
        yield "shortest_seconds must not be above longest_seconds"
