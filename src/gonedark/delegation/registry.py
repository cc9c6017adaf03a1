"""Makes a :class:`~gonedark.model.attribution.Registry`: from files, or from the snapshot nearest to a time.

Begin with :func:`load_registry`. Snapshots come with the package (2014 and 2026) and from ``gonedark registry update``,
which keeps them in :func:`data_folder`. Not for fetching anything, which is ``update``.
"""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from gonedark.delegation.brands import BRANDS
from gonedark.delegation.names import country_names
from gonedark.delegation.overlay import days, in_order, in_use, overlay, to_ranges
from gonedark.delegation.rir import KINDS, DelegationError, Delegations, read_delegation
from gonedark.delegation.snapshot import AsNames, Snapshot, read_snapshot, snapshot_date
from gonedark.model.attribution import Registry
from gonedark.model.time import format_time

EMBEDDED = Path(__file__).parent / "data"
_YEAR = days(10000)
_NAME_BOOKS = (20140524, "asnames-2014.npz.xz"), (20160101, "asnames-2016.npz.xz")


def data_folder() -> Path:
    """Where updates are kept: ``$XDG_DATA_HOME/gonedark/registry`` (XDG base directories), else below the home."""
    base = os.environ.get("XDG_DATA_HOME", "")
    root = Path(base) if os.path.isabs(base) else Path.home() / ".local" / "share"
    return root / "gonedark" / "registry"


def load_registry(
    paths: Sequence[Path] | None = None, at_us: int | None = None, leave_out_later: bool = False
) -> Registry:
    """Who holds which addresses and AS numbers, at or near a time (microseconds UTC; None: the newest).

    With ``paths`` (files or folders in the RIRs' format) those alone count and nothing embedded is used; ``at_us`` then
    only says which file wins where they differ (see ``overlay``), unless ``leave_out_later`` asks to pass over rows
    dated after it. Without paths the snapshot nearest to ``at_us`` is taken; its rows have no dates.
    Raises DelegationError with one clear line.
    """
    wanted = None if at_us is None else int(format_time(at_us)[:10].replace("-", ""))
    if paths:
        files, warnings = read_files(paths)
        if leave_out_later and wanted is not None:
            files = [file.until(wanted) for file in files]
        return _registry(combine(files, wanted), wanted, warnings)
    return _registry(read_snapshot(nearest_snapshot(wanted)), wanted, ())


def nearest_snapshot(wanted_date: int | None) -> Path:
    """The snapshot nearest to a date (YYYYMMDD; None: the newest); of equals the newer, of one day the update."""
    dated = [
        (date, place, path)
        for place, folder in enumerate((data_folder(), EMBEDDED))
        for path in _entries(folder)
        if (date := snapshot_date(path)) is not None
    ]
    if not dated:
        raise DelegationError("no embedded delegation data in this installation; give --delegation PATH")

    def key(entry: tuple[int, int, Path]) -> tuple[int, int, int]:
        date, place, _ = entry
        return 0 if wanted_date is None else abs(days(date) - days(wanted_date)), -date, place

    return min(dated, key=key)[2]


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def read_files(paths: Iterable[Path]) -> tuple[list[Delegations], tuple[str, ...]]:
    """Read files and folders. A file named explicitly must be a delegation file; others in folders are passed over.

    Returns what was read and warnings for people. Raises DelegationError where a file or everything is unusable.
    """
    files: list[Delegations] = []
    skipped: list[str] = []
    for path in paths:
        if not path.is_dir():
            files.append(read_delegation(path))
            continue
        for entry in sorted(path.rglob("*")):
            if entry.is_file():
                try:
                    files.append(read_delegation(entry))
                except DelegationError:
                    skipped.append(entry.name)
    if not files:
        given = ", ".join(str(path) for path in paths)
        raise DelegationError(
            f"{given}: no delegation file in it; expected the RIRs' form, as delegated-ripencc-latest"
        )
    warnings = [warning for file in files for warning in _complaints(file)]
    if skipped:
        warnings.append(f"{len(skipped)} other file(s) beside the delegation files passed over, such as {skipped[0]}")
    return files, tuple(sorted(set(warnings)))


def _complaints(file: Delegations) -> Iterable[str]:
    if file.bad_rows:
        yield f"{file.name}: {file.bad_rows:,} unusable row(s) left out, the first in line {file.first_bad_line:,}"
    if file.cut:
        yield f"{file.name}: {file.cut}"
    for kind, promised in sorted(file.promised.items()):
        if file.rows[kind] < promised:
            yield f"{file.name}: has only {file.rows[kind]:,} of its {promised:,} {kind} rows"


def combine(files: Sequence[Delegations], wanted_date: int | None = None) -> Snapshot:
    """Lay files over each other (``overlay`` has the rule) and say what came of it."""
    ordered = in_order(files, wanted_date)
    codes, ranges = to_ranges({kind: overlay(ordered, kind) for kind in KINDS})
    used = [file for file in ordered if any(file in in_use(ordered, kind) for kind in KINDS)]
    return Snapshot(
        date=max((file.date for file in used), default=0),
        source="; ".join(dict.fromkeys(_describe(file) for file in used)),
        codes=codes,
        ranges=ranges,
    )


def _describe(file: Delegations) -> str:
    """``ripencc of 2014-08-03``, and what it lacks."""
    text = f"{file.registry or file.name} of {day(file.date)}"
    lacking = [
        f"{file.rows[kind]:,} of {file.promised[kind]:,} {kind} rows"
        for kind in KINDS
        if file.rows[kind] < file.promised.get(kind, 0)
    ]
    return f"{text} ({', '.join(lacking)})" if lacking else text


def day(date: int) -> str:
    """YYYYMMDD as YYYY-MM-DD."""
    return f"{date // 10000:04d}-{date // 100 % 100:02d}-{date % 100:02d}" if date else "unknown date"


def _old(date: int, wanted: int | None) -> tuple[str, ...]:
    """A warning where the delegations are of more than a year before or after the wanted date."""
    apart = 0 if wanted is None or not date else days(wanted) - days(date)
    if abs(apart) <= _YEAR:
        return ()
    years = f"{abs(apart) / _YEAR:.1f} years {'before' if apart > 0 else 'after'} {day(wanted or 0)}"
    return (
        f"Addresses are told to countries as they were delegated on {day(date)}, {years}: networks may have come, gone "
        "or moved between countries. --delegation takes the files of the time.",
    )


def _registry(snapshot: Snapshot, wanted: int | None, warnings: tuple[str, ...]) -> Registry:
    near = days(wanted or snapshot.date)
    books = sorted(_NAME_BOOKS, key=lambda book: abs(days(book[0]) - near))
    return Registry(
        codes=snapshot.codes,
        ranges={"ipv4": snapshot.ranges["ipv4"], "ipv6": snapshot.ranges["ipv6"]},
        asns=snapshot.ranges["asn"],
        date=day(snapshot.date) if snapshot.date else "",
        source=snapshot.source,
        names=country_names(),
        asn_names=AsNames(*(EMBEDDED / name for _, name in books), given=BRANDS),
        warnings=(*_old(snapshot.date, wanted), *warnings),
    )
