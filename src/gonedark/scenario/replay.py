"""The world in motion: plays a timeline and gives the MRT records that the collectors write.

:class:`Replay` is made by :class:`gonedark.scenario.world.World`, which is where to begin. Each session has two tables:
``known``, what the peer holds, and ``heard``, what the collector has received since the session came up.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from gonedark.model.prefix import Family, Prefix
from gonedark.mrt import writer
from gonedark.mrt.batch import Peer
from gonedark.scenario.archive import Record

Event = Callable[["Replay", int], Iterable[Record]]
"""Something that happens: given the replay and the time, it changes tables and gives what is recorded of it."""

TRANSFER_PIECES = 60
"""Into how many pieces a table transfer is cut that takes time."""


@dataclass(frozen=True, slots=True)
class Vantage:
    """A session as the report knows it: collector, peer ASN, peer address."""

    collector: str
    peer: Peer


@dataclass(slots=True)
class Feed:
    """One session while the world is played."""

    collector: str
    session: writer.Session
    index: int
    precise: bool
    asn_bytes: int
    up: bool
    transfer: int = 0
    known: dict[int, writer.AsPath] = field(default_factory=dict)
    heard: dict[int, bytes] = field(default_factory=dict)
    repeated: int = 0

    def next_hop(self, family: Family) -> str:
        """Next hop of routes: the peer, in the other family than its own an address from a documentation block."""
        address = self.session.peer.address
        if family == "ipv4":
            return f"203.0.113.{self.index % 254 + 1}" if ":" in address else address
        return address if ":" in address else f"2001:db8:fffe::{self.index + 1:x}"


class Replay:
    """Plays events by time. Handlers take the time first and give the records they cause."""

    def __init__(self, feeds: dict[Vantage, Feed], collectors: Iterable[str]) -> None:
        self._feeds = feeds
        self._collectors: dict[str, list[Feed]] = {name: [] for name in collectors}
        for feed in feeds.values():
            self._collectors[feed.collector].append(feed)
        self._recording = dict.fromkeys(self._collectors, True)
        self._turn = dict.fromkeys(self._collectors, 0)
        self._ids: dict[Prefix, int] = {}
        self._prefixes: list[Prefix] = []
        self._ranks: list[tuple[str, int, int]] = []
        self._queue: list[tuple[int, int, Event]] = []
        self._scheduled = 0

    def schedule(self, at_us: int, event: Event) -> None:
        """Play ``event`` at a time; events of one time are played in the order they were scheduled."""
        self._scheduled += 1
        heapq.heappush(self._queue, (at_us, self._scheduled, event))

    def run(self) -> Iterator[Record]:
        """All records, by time."""
        while self._queue:
            at_us, _, event = heapq.heappop(self._queue)
            yield from event(self, at_us)

    def hold(self, vantage: Vantage, prefixes: Sequence[Prefix], path: writer.AsPath, since_us: int) -> None:
        """Routes from before the data begin."""
        feed = self._feeds[vantage]
        numbers = self._numbers(prefixes)
        feed.known.update(dict.fromkeys(numbers, path))
        if feed.up:
            self._hear(feed, numbers, path, since_us)

    def announce(
        self, at_us: int, *, vantage: Vantage, prefixes: Sequence[Prefix], path: writer.AsPath
    ) -> Iterable[Record]:
        """The peer's table changes; where the session is up, the collector hears of it."""
        feed = self._feeds[vantage]
        numbers = self._numbers(prefixes)
        feed.known.update(dict.fromkeys(numbers, path))
        return self._send(at_us, feed, numbers, path) if feed.up else ()

    def withdraw(self, at_us: int, *, vantage: Vantage, prefixes: Sequence[Prefix]) -> Iterable[Record]:
        """The peer loses routes."""
        feed = self._feeds[vantage]
        numbers = self._numbers(prefixes)
        for number in numbers:
            feed.known.pop(number, None)
        lost = [self._prefixes[number] for number in numbers if feed.heard.pop(number, None) is not None]
        return self._messages(at_us, feed, writer.withdrawals(lost)) if lost else ()

    def down(self, at_us: int, *, vantage: Vantage, stated: bool) -> Iterable[Record]:
        """The session ends."""
        feed = self._feeds[vantage]
        feed.transfer += 1
        if not feed.up:
            return ()
        feed.up = False
        feed.heard.clear()
        return self._state(at_us, feed, writer.ESTABLISHED, writer.IDLE) if stated else ()

    def up(self, at_us: int, *, vantage: Vantage, stated: bool, transfer_us: int, end_of_rib: bool) -> Iterable[Record]:
        """The session begins; the pieces of the table follow by themselves."""
        feed = self._feeds[vantage]
        if feed.up:
            return ()
        feed.up = True
        feed.transfer += 1
        pieces = _pieces(list(feed.known), TRANSFER_PIECES if transfer_us else 1)
        for place, piece in enumerate(pieces, 1):
            send = partial(Replay._send_piece, feed=feed, transfer=feed.transfer, numbers=piece)
            self.schedule(at_us + place * transfer_us // len(pieces), send)
        if end_of_rib:
            families = {self._prefixes[number].family for number in feed.known}
            finish = partial(Replay._finish, feed=feed, transfer=feed.transfer, families=sorted(families))
            self.schedule(at_us + transfer_us, finish)
        return self._state(at_us, feed, writer.OPEN_CONFIRM, writer.ESTABLISHED) if stated else ()

    def record(self, at_us: int, *, collector: str, recording: bool) -> Iterable[Record]:
        """The collector stops or goes on writing."""
        self._recording[collector] = recording
        return ()

    def repeat(self, at_us: int, *, collector: str) -> Iterable[Record]:
        """The next session that is up announces one of its routes again."""
        feeds = [feed for feed in self._collectors[collector] if feed.up and feed.heard]
        if not feeds:
            return ()
        self._turn[collector] += 1
        feed = feeds[self._turn[collector] % len(feeds)]
        feed.repeated += 1
        numbers = list(feed.heard)
        number = numbers[feed.repeated % len(numbers)]
        return self._send(at_us, feed, [number], feed.known[number])

    def dump(self, at_us: int, *, collector: str, view: str) -> Iterable[Record]:
        """The collector writes its table: the peer index with all its sessions, then the prefixes in order."""
        if not self._recording[collector]:
            return
        feeds = self._collectors[collector]
        peers = [feed.session.peer for feed in feeds]
        local = next((feed.session.local_address for feed in feeds if "." in feed.session.local_address), "0.0.0.0")
        parts = [writer.peer_index_table(at_us, collector_id=local, view=view, peers=peers)]
        tables = [feed.heard for feed in feeds if feed.up]
        numbers = sorted({number for table in tables for number in table}, key=self._ranks.__getitem__)
        for sequence, number in enumerate(numbers):
            entries = [table[number] for table in tables if number in table]
            parts.append(writer.rib_record(at_us, sequence, self._prefixes[number], entries))
        yield Record(collector, at_us, b"".join(parts), table=True)

    def _numbers(self, prefixes: Sequence[Prefix]) -> list[int]:
        numbers = []
        for prefix in prefixes:
            number = self._ids.get(prefix)
            if number is None:
                number = self._ids[prefix] = len(self._prefixes)
                self._prefixes.append(prefix)
                self._ranks.append((prefix.family, prefix.address, prefix.length))
            numbers.append(number)
        return numbers

    def _hear(self, feed: Feed, numbers: list[int], path: writer.AsPath, since_us: int) -> None:
        """The collector's table gets routes, kept as the entries of a RIB."""
        entries: dict[Family, bytes] = {}
        for number in numbers:
            family = self._prefixes[number].family
            if family not in entries:
                attributes = writer.rib_attributes(path, feed.next_hop(family))
                entries[family] = writer.rib_entry(feed.index, since_us, attributes)
            feed.heard[number] = entries[family]

    def _send(self, at_us: int, feed: Feed, numbers: list[int], path: writer.AsPath) -> Iterable[Record]:
        self._hear(feed, numbers, path, at_us)
        messages = writer.announcements(
            [self._prefixes[number] for number in numbers],
            path,
            next_hop_v4=feed.next_hop("ipv4"),
            next_hop_v6=feed.next_hop("ipv6"),
            asn_bytes=feed.asn_bytes,
        )
        return self._messages(at_us, feed, messages)

    def _send_piece(self, at_us: int, *, feed: Feed, transfer: int, numbers: list[int]) -> Iterable[Record]:
        if feed.transfer != transfer:
            return
        by_path: dict[writer.AsPath, list[int]] = {}
        for number in numbers:
            if number in feed.known:
                by_path.setdefault(feed.known[number], []).append(number)
        for path, group in by_path.items():
            yield from self._send(at_us, feed, group, path)

    def _finish(self, at_us: int, *, feed: Feed, transfer: int, families: Sequence[Family]) -> Iterable[Record]:
        if feed.transfer != transfer:
            return ()
        return self._messages(at_us, feed, (writer.end_of_rib(family) for family in families))

    def _messages(self, at_us: int, feed: Feed, messages: Iterable[bytes]) -> Iterable[Record]:
        if not self._recording[feed.collector]:
            return []
        write = partial(writer.message_record, precise=feed.precise, asn_bytes=feed.asn_bytes)
        return [Record(feed.collector, at_us, write(at_us, feed.session, message)) for message in messages]

    def _state(self, at_us: int, feed: Feed, old: int, new: int) -> Iterable[Record]:
        if not self._recording[feed.collector]:
            return []
        write = partial(writer.state_change, precise=feed.precise, asn_bytes=feed.asn_bytes)
        return [Record(feed.collector, at_us, write(at_us, feed.session, old, new))]


def _pieces(numbers: list[int], count: int) -> list[list[int]]:
    size = max(1, -(-len(numbers) // count))
    return [numbers[start : start + size] for start in range(0, len(numbers), size)]
