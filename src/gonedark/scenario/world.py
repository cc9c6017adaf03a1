"""A small routing world: sessions of collectors, what they hear and when, and the MRT files that come of it.

Begin with :class:`World`. Say who watches (:meth:`~World.collector`, :meth:`~World.session`), what each peer holds when
the data begin (:meth:`~World.hold`), then what happens, in any order; :meth:`~World.files` gives the archive::

    world = World()
    world.collector("rrc00", precise=True)
    peer = world.session("rrc00", 3333, "193.0.0.56")
    world.hold(peer, prefixes, (3333, 1299, 4837, 131279))
    world.dump(start_us, "rrc00")                              # a RIB
    world.chatter("rrc00", start_us, until_us)                 # so that the collector is not taken for silent
    world.withdraw(start_us + HOUR_US, peer, prefixes)
    for path, data in world.files(): ...

Each peer has a table of its own, which goes on changing while its session is down; what the collector hears and records
is another thing. So the troubles of real archives are single calls:

- a session reset: :meth:`~World.down`, then :meth:`~World.up` with a table transfer as slow as wanted, with or without
  End-of-RIB, with or without state messages; a late peer is a session made with ``up=False`` and brought up later
- a collector that dies, for good or for a time: :meth:`~World.crash`; one that only stops recording:
  :meth:`~World.silence`
- stuck routes, a domestic peer, a partial feed: sessions that are simply told less
- a RIB in the middle of the window: :meth:`~World.dump` at any time
- an hour of missing files: ``files(missing=…)``; overlapping files: ``files()`` twice with two sizes of slots

Times are microseconds UTC. Nothing is random here and nothing does input or output. Not for describing an outage by
facts, which is :mod:`gonedark.scenario.facts`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from gonedark.model.prefix import Prefix
from gonedark.model.time import MINUTE_US, TimeSpan
from gonedark.mrt.batch import Peer
from gonedark.mrt.writer import AsPath, Session
from gonedark.scenario.archive import Compression, Record, slots
from gonedark.scenario.replay import Event, Feed, Replay, Vantage

__all__ = ["Vantage", "World"]

DEFAULT_SLOT_US = 15 * MINUTE_US


@dataclass(frozen=True, slots=True)
class _Watcher:
    precise: bool
    asn_bytes: int
    sessions: list[Vantage] = field(default_factory=list)


class World:
    """Collectors, their sessions and a timeline of what happens to them. Told in any order, replayed by time."""

    def __init__(self, *, view: str = "{collector}") -> None:
        """``view`` is the view name of tables; ``{collector}`` in it stands for the collector's name."""
        self._view = view
        self._watchers: dict[str, _Watcher] = {}
        self._up_at_first: dict[Vantage, bool] = {}
        self._held: list[tuple[Vantage, Sequence[Prefix], AsPath, int]] = []
        self._events: list[tuple[int, Event]] = []

    def collector(self, name: str, *, precise: bool = False, asn_bytes: int = 4) -> None:
        """Add a collector; ``precise`` records microseconds (BGP4MP_ET), ``asn_bytes`` 2 writes old-style messages."""
        if name in self._watchers:
            raise ValueError(f"there is already a collector {name!r}")
        self._watchers[name] = _Watcher(precise, asn_bytes)

    def session(self, collector: str, asn: int, address: str, *, up: bool = True) -> Vantage:
        """Add a session; with ``up=False`` it is not up until :meth:`up`. ValueError where it cannot be added."""
        if collector not in self._watchers:
            raise ValueError(f"there is no collector {collector!r}; add it with World.collector first")
        vantage = Vantage(collector, Peer(asn, address))
        if vantage in self._up_at_first:
            raise ValueError(f"there is already a session of AS{asn} {address} at {collector}")
        self._watchers[collector].sessions.append(vantage)
        self._up_at_first[vantage] = up
        return vantage

    def sessions(self, collector: str | None = None) -> tuple[Vantage, ...]:
        """The sessions of one collector or of all, in the order they were added."""
        return tuple(vantage for vantage in self._up_at_first if collector in (None, vantage.collector))

    def hold(self, vantage: Vantage, prefixes: Sequence[Prefix], path: AsPath, *, since_us: int = 0) -> None:
        """Routes the peer has before anything happens; ``since_us`` is the time a RIB gives for them."""
        self._held.append((vantage, prefixes, path, since_us))

    def announce(self, at_us: int, vantage: Vantage, prefixes: Sequence[Prefix], path: AsPath) -> None:
        """The peer announces prefixes over one path."""
        self._at(at_us, partial(Replay.announce, vantage=vantage, prefixes=prefixes, path=path))

    def withdraw(self, at_us: int, vantage: Vantage, prefixes: Sequence[Prefix]) -> None:
        """The peer withdraws prefixes; those it does not hold are left out of the message."""
        self._at(at_us, partial(Replay.withdraw, vantage=vantage, prefixes=prefixes))

    def down(self, at_us: int, vantage: Vantage, *, stated: bool = True) -> None:
        """The session ends; the collector drops its routes. ``stated``: it records the state change."""
        self._at(at_us, partial(Replay.down, vantage=vantage, stated=stated))

    def up(
        self,
        at_us: int,
        vantage: Vantage,
        *,
        stated: bool = True,
        transfer_us: int = 0,
        end_of_rib: bool = True,
    ) -> None:
        """The session begins, and the peer's table of that time is sent, evenly over ``transfer_us``."""
        self._at(
            at_us,
            partial(Replay.up, vantage=vantage, stated=stated, transfer_us=transfer_us, end_of_rib=end_of_rib),
        )

    def reset(
        self,
        at_us: int,
        vantage: Vantage,
        *,
        back_us: int = MINUTE_US,
        stated: bool = True,
        transfer_us: int = 0,
        end_of_rib: bool = True,
    ) -> None:
        """The session goes down and is up again ``back_us`` later; the rest as in :meth:`up`."""
        self.down(at_us, vantage, stated=stated)
        self.up(at_us + back_us, vantage, stated=stated, transfer_us=transfer_us, end_of_rib=end_of_rib)

    def silence(self, collector: str, from_us: int, until_us: int | None = None) -> None:
        """The collector records nothing for a time, or for good; its sessions stay and it goes on listening."""
        self._at(from_us, partial(Replay.record, collector=collector, recording=False))
        if until_us is not None:
            self._at(until_us, partial(Replay.record, collector=collector, recording=True))

    def crash(self, collector: str, from_us: int, until_us: int | None = None, *, transfer_us: int = MINUTE_US) -> None:
        """The collector dies without a word. Back at ``until_us``, all its sessions come up and send their tables."""
        self.silence(collector, from_us, until_us)
        for vantage in self.sessions(collector):
            self.down(from_us, vantage, stated=False)
            if until_us is not None:
                self.up(until_us, vantage, transfer_us=transfer_us)

    def dump(self, at_us: int, collector: str) -> None:
        """The collector dumps its routing table (a RIB file)."""
        view = self._view.format(collector=collector)
        self._at(at_us, partial(Replay.dump, collector=collector, view=view))

    def chatter(self, collector: str, from_us: int, until_us: int, *, every_us: int = MINUTE_US) -> None:
        """Duplicate announcements, which change nothing: each time the next session that is up repeats one route."""
        for at_us in range(from_us, until_us, every_us):
            self._at(at_us, partial(Replay.repeat, collector=collector))

    def records(self) -> Iterator[Record]:
        """Everything that was recorded, by time."""
        replay = Replay(self._feeds(), self._watchers)
        for vantage, prefixes, path, since_us in self._held:
            replay.hold(vantage, prefixes, path, since_us)
        for at_us, event in self._events:
            replay.schedule(at_us, event)
        return replay.run()

    def files(
        self,
        *,
        slot_us: int | dict[str, int] = DEFAULT_SLOT_US,
        compression: Compression = "gz",
        missing: Iterable[tuple[str, TimeSpan]] = (),
    ) -> Iterator[tuple[str, bytes]]:
        """The archive: relative path and content of each file, in the layouts of RouteViews and RIS.

        ``slot_us`` is the length of an update file, for all or by collector. A file whose slot begins inside one of
        the ``missing`` spans of its collector is left out. A slot in which nothing was recorded has no file.
        """
        return slots(self.records(), slot_us=slot_us, compression=compression, missing=tuple(missing))

    def _at(self, at_us: int, event: Event) -> None:
        self._events.append((at_us, event))

    def _feeds(self) -> dict[Vantage, Feed]:
        feeds = {}
        for name, watcher in self._watchers.items():
            for index, vantage in enumerate(watcher.sessions):
                session = Session(vantage.peer, *collector_side(name, vantage.peer.address))
                feeds[vantage] = Feed(
                    name, session, index, watcher.precise, watcher.asn_bytes, up=self._up_at_first[vantage]
                )
        return feeds


def collector_side(name: str, peer_address: str) -> tuple[int, str]:
    """ASN and address of the collector's end: the projects' ASNs, addresses from the documentation blocks."""
    asn = 12654 if name.startswith("rrc") else 6447
    host = 1 + sum(name.encode()) % 250
    return asn, f"2001:db8:ffff::{host:x}" if ":" in peer_address else f"198.51.100.{host}"
