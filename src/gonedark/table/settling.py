"""What a table dump means for sessions that were up, and for those that were not.

Begin with :class:`Settling`. A dump sets sessions that were not up; against a session that was up, updates win and the
row is a mismatch. Not for who was up, which is decided before (:mod:`gonedark.table.deciding`).
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from gonedark.model.thresholds import Thresholds
from gonedark.table.changes import Changes, RouteColumns, Session, Stretch, joined
from gonedark.table.deciding import Decided

_LeftOut = tuple[int, int, int, int]
"""A row of a dump that does not count: time, session, prefix, path."""


@dataclass(slots=True)
class Settling:
    """Changes of all collectors in order of time, stretch by stretch, of which dumps' rows are looked at."""

    decided: Decided
    prefixes: int
    _stretches: list[Stretch] = field(default_factory=list)
    _places: list[NDArray[np.intp]] = field(default_factory=list)
    _left_out: list[_LeftOut] = field(default_factory=list)

    def add(self, routes: RouteColumns, stretch: Stretch) -> None:
        """The next changes, and where they are read again."""
        places = _left_out(routes, self.decided)
        self._stretches.append(stretch)
        self._places.append(places)
        self._left_out += _rows(routes, places)

    def settled(
        self, parts: Sequence[Changes], number: dict[Session, int], thresholds: Thresholds
    ) -> tuple[tuple[Stretch, ...], int | None]:
        """All changes that count, and how many rows of dumps are mismatches; None where no dump met a session that was
        up.

        What was left out is taken up by the next dump that finds the session not up, unless the route changed
        meanwhile: the tracker compares dumps only with what it knew, so it would not repeat the row.
        """
        if not self._left_out:
            return tuple(self._stretches), 0 if self.decided.compared else None
        changes = self._changes()
        dumps = _whole_dumps(parts, number)
        reset_times: dict[int, list[int]] = defaultdict(list)
        for time, who in self.decided.resets.tolist():
            reset_times[who].append(time)
        place = {time: at for at, time in enumerate(self.decided.dumps.tolist())}
        late: list[_LeftOut] = []
        mismatches = 0
        for time, session, prefix, path in self._left_out:
            touched = changes[(session, prefix)]
            mismatches += not any(abs(other - time) <= thresholds.rib_touch_us for other, dump in touched if not dump)
            overtaken = min(
                [other for other, _ in touched if other > time] + [at for at in reset_times[session] if at >= time],
                default=None,
            )
            for dump_us in dumps[session]:
                was_up = self.decided.up[place[dump_us], session]
                if dump_us > time and (overtaken is None or dump_us < overtaken) and not was_up:
                    late.append((dump_us, session, prefix, path))
                    break
        return tuple(self._with(late)), mismatches

    def _changes(self) -> dict[tuple[int, int], list[tuple[int, bool]]]:
        """All changes (time, from a dump) of the (session, prefix) pairs that were left out."""
        span = max(1, self.prefixes)
        pairs = np.unique(np.array([session * span + prefix for _, session, prefix, _ in self._left_out]))
        found: dict[tuple[int, int], list[tuple[int, bool]]] = defaultdict(list)
        for stretch in self._stretches:
            routes = stretch.load()
            mine = np.flatnonzero(np.isin(routes.session.astype(np.int64) * span + routes.prefix, pairs))
            dumped = (routes.dump[mine] >= 0).tolist()
            columns = (column[mine].tolist() for column in (routes.session, routes.prefix, routes.time_us))
            for session, prefix, time, from_dump in zip(*columns, dumped, strict=True):
                found[session, prefix].append((time, from_dump))
        return found

    def _with(self, late: Sequence[_LeftOut]) -> Iterator[Stretch]:
        """The stretches without what was left out, and with what a later dump takes up, before all else it tells."""
        table = np.array(late, dtype=np.int64).reshape(-1, 4)
        table = table[np.argsort(table[:, 0], kind="stable")]
        # A stretch has the time until the next one begins.
        begins = np.array([stretch.since_us for stretch in self._stretches[1:]], dtype=np.int64)
        edges = [0, *np.searchsorted(table[:, 0], begins).tolist(), len(table)]
        for at, (stretch, places) in enumerate(zip(self._stretches, self._places, strict=True)):
            more = table[edges[at] : edges[at + 1]]
            as_it_is = not len(places) and not len(more)
            yield stretch if as_it_is else Stretch(stretch.since_us, partial(_applied, stretch, places, more))


def _left_out(routes: RouteColumns, decided: Decided) -> NDArray[np.intp]:
    """Rows of dumps that speak of sessions that were up."""
    found = [np.zeros(0, dtype=np.intp)]
    begin, end = (np.searchsorted(routes.time_us, decided.dumps, side=side) for side in ("left", "right"))
    for dump in np.flatnonzero(end > begin).tolist():
        if decided.up[dump].any():
            mine = slice(int(begin[dump]), int(end[dump]))
            was_up = decided.up[dump][routes.session[mine]]
            found.append(mine.start + np.flatnonzero((routes.dump[mine] >= 0) & was_up))
    return np.concatenate(found)


def _rows(routes: RouteColumns, places: NDArray[np.intp]) -> Iterator[_LeftOut]:
    columns = (routes.time_us, routes.session, routes.prefix, routes.path)
    return zip(*(column[places].tolist() for column in columns), strict=True)


def _whole_dumps(parts: Sequence[Changes], number: dict[Session, int]) -> dict[int, list[int]]:
    """When each session's collector gave a whole table."""
    dumps: dict[int, list[int]] = defaultdict(list)
    for part in parts:
        for rib in part.ribs:
            if rib.complete:
                for one in part.sessions:
                    dumps[number[one]].append(rib.time_us)
    return dumps


def _applied(stretch: Stretch, left_out: NDArray[np.intp], late: NDArray[np.int64]) -> RouteColumns:
    """A stretch without the rows that were left out, and with those taken up late before others of their instant."""
    routes = stretch.load()
    count = np.ones(len(routes.time_us), dtype=bool)
    count[left_out] = False
    time_us, session, prefix, path = late.T
    more = RouteColumns(
        time_us,
        session.astype(np.int32),
        prefix.astype(np.int32),
        path.astype(np.int32),
        np.zeros(len(late), dtype=np.int32),
        np.zeros(len(late), dtype=bool),
    )
    found = joined([more, routes.take(count)])
    return found.take(np.argsort(found.time_us, kind="stable")) if len(late) else found
