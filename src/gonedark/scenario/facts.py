"""An outage by its facts: the tables of a scenario file as frozen values.

Begin with :class:`Scenario`; ``docs/scenarios.md`` describes the format, :mod:`gonedark.scenario.reading` reads it.
Every table of facts says where it comes from: ``documented`` names sources of the file, ``invented`` says why a detail
was made up (both, where only a part is known).
Not for making routes of them, which is :mod:`gonedark.scenario.story`.
"""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from gonedark.model.time import HOUR_US, MINUTE_US, TimeSpan, parse_time

Asn = Annotated[int, Meta(ge=0, le=2**32 - 1)]
Count = Annotated[int, Meta(ge=1, le=100_000)]
Number = Annotated[int, Meta(ge=0, le=100_000)]
Share = Annotated[float, Meta(gt=0, le=1)]


class Table(msgspec.Struct, frozen=True, kw_only=True, rename=lambda name: name.rstrip("_")):
    """A table of the file; ``from_`` is written ``from`` there."""


class Fact(Table, frozen=True, kw_only=True):
    """A table that must say where its facts come from: one source or several, and what is made up."""

    documented: str | tuple[str, ...] = ()
    invented: str = ""

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources named by ``documented``."""
        return (self.documented,) if isinstance(self.documented, str) else self.documented


class Source(Table, frozen=True, kw_only=True):
    """Where facts come from; ``id`` is what ``documented`` names."""

    id: str
    citation: str
    url: str | None = None


class Window(Fact, frozen=True, kw_only=True):
    """What a report of the scenario should cover."""

    from_: datetime
    until: datetime

    @property
    def span(self) -> TimeSpan:
        """[from, until) in microseconds."""
        return TimeSpan(time_us(self.from_), time_us(self.until))


class Archive(Fact, frozen=True, kw_only=True):
    """How often files are written. Data begin ``lead_minutes`` before the window, with a routing table."""

    update_minutes: Count | None = None
    table_hours: Count | None = None
    lead_minutes: Number = 60

    def slot_us(self, collector: str) -> int:
        """Length of an update file; by default that of the collector's project."""
        return (self.update_minutes or (5 if collector.startswith("rrc") else 15)) * MINUTE_US

    def table_us(self, collector: str) -> int:
        """Time between tables; by default that of the collector's project."""
        return (self.table_hours or (8 if collector.startswith("rrc") else 2)) * HOUR_US


class Background(Fact, frozen=True, kw_only=True):
    """The rest of the world: how many prefixes, and how often each collector hears one of them change its path."""

    prefixes_v4: Number = 3000
    prefixes_v6: Number = 500
    churn_seconds: Annotated[float, Meta(ge=1, le=86_400)] = 60.0


class Transit(Fact, frozen=True, kw_only=True):
    """An AS that carries others; ``via`` are its providers, in the end networks that have none (the core)."""

    asn: Asn
    via: tuple[Asn, ...]
    name: str = ""


class Network(Fact, frozen=True, kw_only=True):
    """An origin AS: its prefixes by name, or ``count`` prefixes cut from ``blocks``; and its providers."""

    asn: Asn
    providers: tuple[Asn, ...] = ()
    name: str = ""
    prefixes: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    count: Number = 0


class Collector(Fact, frozen=True, kw_only=True):
    """Who records; ``microseconds`` writes BGP4MP_ET."""

    name: str
    microseconds: bool = False


class PeerAs(Fact, frozen=True, kw_only=True):
    """Who tells the collectors: addresses by collector. An IPv4 address carries IPv4 routes, an IPv6 address IPv6.

    ``share`` below 1 is a partial feed; ``inside`` hears nothing of the scenario's events, as a network within the
    country does.
    """

    asn: Asn
    sessions: dict[str, tuple[str, ...]]
    upstreams: tuple[Asn, ...] = ()
    name: str = ""
    share: Share = 1.0
    inside: bool = False


class Withdraw(Fact, frozen=True, kw_only=True, tag="withdraw", tag_field="kind"):
    """Networks go: all their prefixes, or those named, but for the ``keep`` longest of each.

    Peers in ``stuck`` keep the routes.
    """

    at: datetime
    networks: tuple[Asn, ...]
    prefixes: tuple[str, ...] = ()
    keep: Number = 0
    over_seconds: Number = 0
    stuck: tuple[Asn, ...] = ()


class Announce(Fact, frozen=True, kw_only=True, tag="announce", tag_field="kind"):
    """Networks come back, over the providers they had or over others. Peers in ``late`` hear of it minutes later."""

    at: datetime
    networks: tuple[Asn, ...]
    prefixes: tuple[str, ...] = ()
    providers: tuple[Asn, ...] = ()
    over_seconds: Number = 0
    late: tuple[Asn, ...] = ()
    late_minutes: Number = 30


class ChangeProvider(Fact, frozen=True, kw_only=True, tag="change-provider", tag_field="kind"):
    """What is announced moves to other providers."""

    at: datetime
    networks: tuple[Asn, ...]
    providers: tuple[Asn, ...]
    over_seconds: Number = 0


class Flapping(Fact, frozen=True, kw_only=True, tag="flapping", tag_field="kind"):
    """Networks go and come back ``times`` times, ever more often, for longer and with more prefixes."""

    from_: datetime
    until: datetime
    networks: tuple[Asn, ...]
    times: Count
    shortest_seconds: Count
    longest_seconds: Count


class SessionReset(Fact, frozen=True, kw_only=True, tag="session-reset", tag_field="kind"):
    """A peer's sessions at one collector go down and send their tables again."""

    at: datetime
    peer: Asn
    collector: str
    down_seconds: Number = 60
    transfer_seconds: Number = 120
    end_of_rib: bool = True


class CollectorSilent(Fact, frozen=True, kw_only=True, tag="collector-silent", tag_field="kind"):
    """A collector dies; if it comes back, all its sessions begin anew."""

    from_: datetime
    collector: str
    until: datetime | None = None


class FilesMissing(Fact, frozen=True, kw_only=True, tag="files-missing", tag_field="kind"):
    """Files that were written but are not in the archive."""

    from_: datetime
    until: datetime
    collector: str


Event = Withdraw | Announce | ChangeProvider | Flapping | SessionReset | CollectorSilent | FilesMissing


class Country(Fact, frozen=True, kw_only=True):
    """Origin ASes of one country and the blocks they announce prefixes from."""

    code: str
    origins: dict[str, tuple[str, ...]]


class Surroundings(Table, frozen=True, kw_only=True):
    """The world around every scenario. ``core``: the networks without providers, each connected to all others."""

    source: tuple[Source, ...]
    core: tuple[Asn, ...]
    transit: tuple[Transit, ...]
    country: tuple[Country, ...]
    collector: tuple[Collector, ...]
    peer: tuple[PeerAs, ...]


class Scenario(Table, frozen=True, kw_only=True):
    """One documented outage, or a quiet day."""

    title: str
    kind: Literal["reconstruction"]
    country: str
    summary: str
    window: Window
    source: tuple[Source, ...] = ()
    archive: Archive = Archive()
    background: Background = Background()
    transit: tuple[Transit, ...] = ()
    network: tuple[Network, ...] = ()
    collector: tuple[Collector, ...] = ()
    peer: tuple[PeerAs, ...] = ()
    event: tuple[Event, ...] = ()


def time_us(moment: datetime) -> int:
    """A TOML time in microseconds; without zone it is UTC."""
    return parse_time(moment.isoformat())
