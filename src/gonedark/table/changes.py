"""What one collector saw of the wanted prefixes: dated changes, table sizes and coverage, ready to be merged.

:class:`Changes` is what a shard of work yields (design section 4: partial results carry sets, not counts, so that their
merge is a plain union). :mod:`gonedark.table.tracker` makes them, :mod:`gonedark.table.timeline` reads them. Not for
decisions: who was up, full feed or a voter is decided after the merge.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from gonedark.model.prefix import Prefix
from gonedark.table.paths import AsPaths
from gonedark.table.sizes import SizeColumns

NO_PATH = -1
FOREVER_US = 1 << 62
"""Later than everything."""

MARK_DOWN, MARK_ESTABLISHED, MARK_APPEARED, MARK_END_OF_RIB_V4, MARK_END_OF_RIB_V6 = range(5)


@dataclass(frozen=True, order=True, slots=True)
class Session:
    """A vantage point: collector, peer ASN, peer address as text."""

    collector: str
    asn: int
    address: str


@dataclass(frozen=True, slots=True)
class RibMark:
    """A table dump: when it was taken, whether it is whole, and each session's entries.

    ``entries[s]`` is (IPv4 prefixes, IPv6 prefixes) of the session with index ``s``; sessions named by the dump's peer
    index without entries have (0, 0).
    """

    time_us: int
    last_us: int
    complete: bool
    entries: dict[int, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Silence:
    """A stretch without any record of the collector, longer than the thresholds' shortest silence."""

    from_us: int
    until_us: int


@dataclass(frozen=True, eq=False, slots=True)
class RouteColumns:
    """Changes of wanted prefixes in order of time: ids into the sessions, prefixes and paths of their Changes.

    ``path`` is NO_PATH for a withdrawal. ``dump`` is -1 for an update, else the index of the table dump that differs
    from what the updates had told. ``precise`` where the source had microseconds.
    """

    time_us: NDArray[np.int64]
    session: NDArray[np.int32]
    prefix: NDArray[np.int32]
    path: NDArray[np.int32]
    dump: NDArray[np.int32]
    precise: NDArray[np.bool_]

    def take(self, rows: NDArray[np.integer] | NDArray[np.bool_] | slice) -> "RouteColumns":
        """Some rows, in the order named."""
        return RouteColumns(
            self.time_us[rows],
            self.session[rows],
            self.prefix[rows],
            self.path[rows],
            self.dump[rows],
            self.precise[rows],
        )


@dataclass(frozen=True, eq=False, slots=True)
class Stretch:
    """Changes that are read when they are wanted, none of them earlier than ``since_us``: a long time is many
    stretches, of which a few are in memory."""

    since_us: int
    load: Callable[[], RouteColumns]


def kept(routes: RouteColumns) -> Stretch:
    """A stretch that is in memory."""
    return Stretch(int(routes.time_us.min(initial=FOREVER_US)), partial(_itself, routes))


def _itself(routes: RouteColumns) -> RouteColumns:
    return routes


def joined(parts: Sequence[RouteColumns]) -> RouteColumns:
    """Columns one after the other."""
    if len(parts) == 1:
        return parts[0]
    kinds = {"time_us": np.int64, "precise": bool}
    return RouteColumns(
        *(
            np.concatenate([getattr(part, field.name) for part in parts])
            if parts
            else np.zeros(0, dtype=kinds.get(field.name, np.int32))
            for field in fields(RouteColumns)
        )
    )


def held_routes(session: NDArray[np.int32], prefix: NDArray[np.int32], path: NDArray[np.int32]) -> RouteColumns:
    """Routes that are held as rows, which have no time."""
    never = np.broadcast_to(np.int64(0), len(session))
    return RouteColumns(never, session, prefix, path, np.broadcast_to(np.int32(-1), len(session)), never > 0)


@dataclass(frozen=True, eq=False, slots=True)
class End:
    """The state in which a part ends, for the part that follows: routes held, sessions heard of, sizes of tables.

    ``held`` are rows as :func:`held_routes` gives them; ``alive`` sessions will not be marked as appearing again;
    ``sizes`` is (sessions, 2), IPv4 and IPv6.
    """

    held: Stretch
    alive: frozenset[int]
    sizes: NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class Changes:
    """One collector's part. ``marks`` are (time, session, MARK_*) in order of time.

    ``routes`` are stretches one after the other, in order of time; reading one again gives the same rows.
    ``end`` is kept by parts that another may follow (:mod:`gonedark.table.merge`), and None elsewhere.
    """

    collector: str
    sessions: tuple[Session, ...]
    prefixes: tuple[Prefix, ...]
    paths: AsPaths
    routes: tuple[Stretch, ...]
    marks: tuple[tuple[int, int, int], ...]
    ribs: tuple[RibMark, ...]
    sizes: SizeColumns
    silences: tuple[Silence, ...]
    first_us: int | None
    last_us: int | None
    update_instants: int
    end: End | None = None

    @property
    def mean_interval_us(self) -> float:
        """Mean time between the collector's update records, silences left out; 0 with fewer than two."""
        if self.update_instants < 2 or self.first_us is None or self.last_us is None:
            return 0.0
        silent = sum(silence.until_us - silence.from_us for silence in self.silences)
        return max(0.0, (self.last_us - self.first_us - silent) / (self.update_instants - 1))

    def restrict(self, keep: NDArray[np.bool_]) -> "Changes":
        """The same with the routes of some prefixes only (bool mask over ``prefixes``)."""
        number = (np.cumsum(keep) - 1).astype(np.int32)

        def some(stretch: Stretch) -> RouteColumns:
            routes = stretch.load()
            mine = routes.take(keep[routes.prefix])
            return replace(mine, prefix=number[mine.prefix])

        return replace(
            self,
            end=None,
            prefixes=tuple(prefix for prefix, kept in zip(self.prefixes, keep.tolist(), strict=True) if kept),
            routes=tuple(Stretch(stretch.since_us, partial(some, stretch)) for stretch in self.routes),
        )
