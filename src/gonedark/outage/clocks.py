"""Collectors whose clock disagrees with the others': their sessions tell a loss and its end too late, or early.

Begin with :func:`skews`. News of a loss reaches all collectors within a minute or two, and peers of one collector do
not all hear it late by the same; a clock that is wrong moves everything by one amount. Not for single records that say
a wrong time, which are the reader's.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gonedark.country.visibility import Flips
from gonedark.model.thresholds import Thresholds
from gonedark.model.time import HOUR_US, MINUTE_US, SECOND_US, TimeSpan
from gonedark.outage.spells import Spell
from gonedark.table.changes import NO_PATH
from gonedark.table.sessions import Steps
from gonedark.table.timeline import Timeline

CLOCK = "clock"
"""The evidence's name after its family; the collector follows."""
_SMALLEST_US = 20 * SECOND_US
"""What lies below is told apart from routers' timers by nobody."""
_ALIKE_SHARE = 0.1
"""By so much of it the skew may differ between a loss and its end, or by _ALIKE_US."""
_ALIKE_US = 5 * SECOND_US
_ALONE_US = 5 * MINUTE_US
"""Where only a loss was seen and no end, the skew is at least this."""
_ZONES_US = 14 * HOUR_US
"""As far as local times lie from UTC."""
_FEWEST_SESSIONS = 2
_MOST_PREFIXES = 200
_MOST_SPELLS = 20

Times = Mapping[str, NDArray[np.int64]]
"""By collector, when each of its sessions told an event."""


@dataclass(frozen=True, order=True, slots=True)
class Skew:
    """A collector, how much later than the others its records are dated (negative: earlier), at how many losses and
    ends. ``is_named``: most collectors agree with each other, so that it is this one which is wrong. ``votes``: its
    peers were asked nevertheless."""

    collector: str
    offset_us: int
    events: int
    is_named: bool
    votes: bool = True


def skews(timeline: Timeline, flips: Flips, spells: Sequence[Spell], until_us: int) -> tuple[Skew, ...]:
    """Collectors with the same skew at every loss and end that could be compared, by name."""
    events: list[Times] = []
    for spell in [spell for spell in spells if spell.start_blind is None and spell.end_blind is None][:_MOST_SPELLS]:
        events += _events(timeline, flips, spell, until_us)
    told: dict[str, list[int]] = {}
    denied: set[str] = set()
    compared: set[str] = set()
    for times in events:
        if len(times) < 2:
            continue
        compared |= times.keys()
        middle = float(np.median([np.median(mine) for mine in times.values()]))
        for collector, mine in times.items():
            if _stands_apart(collector, times):
                told.setdefault(collector, []).append(int(np.median(mine) - middle))
            else:
                denied.add(collector)
    found = [
        Skew(collector, int(np.median(offsets)), len(offsets), is_named=True)
        for collector, offsets in sorted(told.items())
        if collector not in denied and _is_steady(offsets)
    ]
    # Of two halves that disagree, nobody can tell which is right.
    return tuple(replace(skew, is_named=2 * len(found) < len(compared)) for skew in found)


def without(timeline: Timeline, found: Sequence[Skew], rules: Thresholds) -> tuple[Timeline, tuple[Skew, ...]]:
    """The timeline in which sessions of collectors that are wrong by more than a level must hold do not vote, and the
    skews with what became of them. All vote where too few or not most of the voting ASNs would be left."""
    wrong = {skew.collector for skew in found if skew.is_named and abs(skew.offset_us) >= rules.hold_us}
    is_right = np.array([session.collector not in wrong for session in timeline.sessions], dtype=bool)
    feeds = timeline.feeds
    rows = is_right[feeds.session]
    asns = np.array([session.asn for session in timeline.sessions], dtype=np.int64)
    voted, left = (np.unique(asns[feeds.session[mask]]) for mask in (feeds.value > 0, rows & (feeds.value > 0)))
    if not wrong or len(left) < rules.fewest_voters or 2 * len(left) < len(voted):
        return timeline, tuple(found)
    kept = Steps(feeds.time_us[rows], feeds.session[rows], feeds.value[rows])
    told = tuple(replace(skew, votes=skew.collector not in wrong) for skew in found)
    return replace(timeline, feeds=kept), told


def disagreements(found: Sequence[Skew]) -> Iterator[str]:
    """What a reader must know of them, in sentences."""
    for skew in found:
        if not skew.is_named:
            continue
        later = "later" if skew.offset_us > 0 else "earlier"
        times = "time" if skew.events == 1 else "times"
        told = "its peers vote all the same, so that bounds are wider" if skew.votes else "its peers do not vote here"
        yield (
            f"{skew.collector} dates losses and returns {_length(skew.offset_us)} {later} than the other collectors "
            f"(compared {skew.events} {times}). Its clock may have been wrong; {told}."
        )
    doubtful = [skew for skew in found if not skew.is_named]
    if len(doubtful) > 1:
        apart_us = max(skew.offset_us for skew in doubtful) - min(skew.offset_us for skew in doubtful)
        names = ", ".join(skew.collector for skew in doubtful)
        yield (
            f"The clocks of {names} disagree by {_length(apart_us)}, and which of them is right cannot be told: "
            "times are uncertain by as much."
        )


def _length(offset_us: int) -> str:
    seconds = round(abs(offset_us) / SECOND_US)
    return f"about {seconds} s" if seconds < 120 else f"about {round(seconds / 60)} min"


def _is_steady(offsets: Sequence[int]) -> bool:
    size = abs(int(np.median(offsets)))
    spread = max(offsets) - min(offsets)
    enough = _SMALLEST_US if len(offsets) > 1 else _ALONE_US
    return size >= enough and spread <= max(_ALIKE_US, _ALIKE_SHARE * size)


def _stands_apart(collector: str, times: Times) -> bool:
    """The collector's sessions, but for outliers, are all later or all earlier than nearly all of the others."""
    mine = times[collector]
    others = np.concatenate([theirs for name, theirs in times.items() if name != collector])
    if len(mine) < _FEWEST_SESSIONS:
        return False
    first, last = np.quantile(mine, [0.25, 0.75])
    earliest, latest = np.quantile(others, [0.1, 0.9])
    return bool(first > latest or last < earliest)


def _events(timeline: Timeline, flips: Flips, spell: Spell, until_us: int) -> list[Times]:
    """When the sessions of each collector told the loss, and where there is one its end."""
    near = TimeSpan(spell.start_us - 10 * MINUTE_US, spell.start_us + 10 * MINUTE_US)
    rows = (flips.share == 0) & (flips.visible == 0) & (flips.time_us >= near.from_us) & (flips.time_us < near.until_us)
    lost = np.zeros(len(timeline.prefixes), dtype=bool)
    lost[np.unique(flips.prefix[rows])[:_MOST_PREFIXES]] = True
    if not lost.any():
        return []
    down = _told(timeline, lost, spell.start_us, is_loss=True)
    if spell.end_us is None:
        return [down]
    return [down, _told(timeline, lost, spell.end_us, is_loss=False)]


def _told(timeline: Timeline, lost: NDArray[np.bool_], at_us: int, *, is_loss: bool) -> Times:
    """The median, over lost prefixes, of each session's withdrawals (or announcements) nearest to a moment."""
    sessions, prefixes, moments = [], [], []
    for routes in timeline.changes(at_us - _ZONES_US, at_us + _ZONES_US):
        rows = np.flatnonzero(lost[routes.prefix] & ((routes.path == NO_PATH) == is_loss) & (routes.dump < 0))
        sessions.append(routes.session[rows])
        prefixes.append(routes.prefix[rows])
        moments.append(routes.time_us[rows])
    if not sessions:
        return {}
    session, prefix, time_us = np.concatenate(sessions), np.concatenate(prefixes), np.concatenate(moments)
    order = np.lexsort((np.abs(time_us - at_us), prefix, session))
    session, prefix, time_us = session[order], prefix[order], time_us[order]
    nearest = (np.diff(session, prepend=-1) != 0) | (np.diff(prefix, prepend=-1) != 0)
    session, time_us = session[nearest], time_us[nearest]
    found: dict[str, list[float]] = {}
    for one in np.unique(session).tolist():
        found.setdefault(timeline.sessions[one].collector, []).append(float(np.median(time_us[session == one])))
    return {name: np.array(times).astype(np.int64) for name, times in found.items()}
