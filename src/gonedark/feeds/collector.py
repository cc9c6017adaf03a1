"""Which collector a file comes from, and which files of a collector are missing.

Begin with :func:`by_collector`. The order of the evidence is design section 3, *Collector of a file*.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import PurePath

from gonedark.feeds.files import MrtFile
from gonedark.model.report import CoverageGap
from gonedark.model.time import HOUR_US, MINUTE_US, TimeSpan

UNNAMED = "unnamed"

_FOLDER = re.compile(r"^(rrc\d{2}|route-views(?!$)\d*(\.[a-z0-9-]+)?)$")
_IN_NAME = re.compile(r"^(?P<name>.+?)[._](?:rib|bview|updates)\.", re.IGNORECASE)
_SLOT = re.compile(r"updates\.(\d{8})\.(\d{4})(?!\d)")
_FEWEST_SLOTS = 3


def by_collector(files: Sequence[MrtFile]) -> dict[str, list[MrtFile]]:
    """Files grouped by collector name, each group in order of time."""
    names = {file.key: _named(file) for file in files}
    names |= _unnamed_tables([file for file in files if file.is_table and names[file.key] is None])
    tables: dict[tuple[int, str], set[str]] = defaultdict(set)
    for file in files:
        name = names[file.key]
        if file.is_table and name is not None:
            for seen in file.probe.sessions:
                tables[(seen.peer_asn, seen.peer_address)].add(name)
    groups: dict[str, list[MrtFile]] = defaultdict(list)
    for file in files:
        groups[names[file.key] or _by_peers(file, tables) or UNNAMED].append(file)
    return {name: sorted(group, key=lambda file: file.order) for name, group in sorted(groups.items())}


def _unnamed_tables(tables: Sequence[MrtFile]) -> dict[str, str | None]:
    """Nameless tables of different collectors, by their BGP identifiers, must not be taken for one collector's."""
    known = sorted({file.probe.collector_id for file in tables})
    labels = {number: UNNAMED if at == 0 else f"{UNNAMED}-{at + 1}" for at, number in enumerate(known)}
    return {file.key: labels[file.probe.collector_id] for file in tables}


def _named(file: MrtFile) -> str | None:
    """The collector by what was said, by the archive's path, by the file's name, or by the table's view name."""
    return file.given_collector or _by_path(file.path) or _by_name(file.path.name) or file.probe.view_name or None


def _by_path(path: PurePath) -> str | None:
    parts = path.parts[:-1]
    for part in reversed(parts):
        if _FOLDER.match(part):
            return part
    if "bgpdata" in parts:
        at = len(parts) - 1 - parts[::-1].index("bgpdata")
        before = parts[at - 1] if at else ""
        # The collector route-views2 lies at the archive's root, without a folder of its own.
        return before if before and "." not in before[:1] and _is_collector(before) else "route-views2"
    return None


def _is_collector(name: str) -> bool:
    return name.startswith(("route-views", "crix", "amsix", "decix", "iraq", "pacwave", "pit", "cix", "namex", "hkix"))


def _by_name(name: str) -> str | None:
    found = _IN_NAME.match(name)
    return found["name"] if found else None


def _by_peers(file: MrtFile, tables: dict[tuple[int, str], set[str]]) -> str | None:
    """The one collector whose tables know the same peers, if there is exactly one."""
    seen = {(one.peer_asn, one.peer_address) for one in file.probe.sessions}
    names = {name for peer in seen for name in tables.get(peer, ())}
    return names.pop() if len(names) == 1 else None


def missing_slots(collector: str, files: Sequence[MrtFile], window: TimeSpan) -> list[CoverageGap]:
    """Holes in the regular grid of a collector's update files, where there is one, as far as the window reaches.

    The grid comes from the names and is believed only where each file's first record lies within its slot.
    """
    slots = sorted({slot for file in files if not file.is_table and (slot := slot_us(file)) is not None})
    if len(slots) < _FEWEST_SLOTS:
        return []
    steps = Counter(after - before for before, after in pairwise(slots))
    step = min(steps, key=lambda length: (-steps[length], length))
    if step > HOUR_US or any(length % step for length in steps) or not _fits(files, step):
        return []
    found = []
    for before, after in pairwise(slots):
        if after - before > step and before + step < window.until_us:
            count = (after - before) // step - 1
            reason = "one update file missing" if count == 1 else f"{count} update files missing"
            found.append(CoverageGap(TimeSpan(before + step, after), collector, reason))
    return found


def known_holes(found: Sequence[CoverageGap], collector: str, told: Sequence[CoverageGap]) -> list[CoverageGap]:
    """Holes found in the grid of names, and those that were told beforehand and say more than these."""
    mine = [gap for gap in told if gap.collector == collector]
    more = [gap for gap in mine if not any(_within(gap.span, hole.span) for hole in found)]
    return [*(hole for hole in found if not any(_within(hole.span, gap.span) for gap in more)), *more]


def _within(inner: TimeSpan, outer: TimeSpan) -> bool:
    return outer.from_us <= inner.from_us and inner.until_us <= outer.until_us


def slot_us(file: MrtFile) -> int | None:
    found = _SLOT.search(file.path.name)
    if found is None:
        return None
    try:
        moment = datetime.strptime("".join(found.groups()), "%Y%m%d%H%M").replace(tzinfo=UTC)
    except ValueError:
        return None
    return int(moment.timestamp()) * 1_000_000


def _fits(files: Sequence[MrtFile], step: int) -> bool:
    """Every file's first record lies in its slot; collectors' clocks may be a minute off."""
    return all(
        slot - MINUTE_US <= file.first_us < slot + step + MINUTE_US
        for file in files
        if not file.is_table and (slot := slot_us(file)) is not None
    )
