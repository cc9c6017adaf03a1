"""Where the world's routing archives keep what: collectors, folders, names and periods of RouteViews and RIPE RIS.

Begin with :class:`Archives`, which finds the :class:`Archive` of a collector; an archive gives folders and names below
its base, a URL or a mirror's folder of the same layout. The projects document both layouts; dates marked as remembered
are not documented, and the archive's index has the last word. Not for asking the network, which is ``listing``.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from gonedark.feeds.files import FeedError
from gonedark.model.time import HOUR_US, MINUTE_US, TimeSpan, parse_time, to_datetime

Layout = Literal["ris", "routeviews"]
Kind = Literal["table", "updates"]

RIS_URL = "https://data.ris.ripe.net"
ROUTEVIEWS_URL = "http://archive.routeviews.org"
LAYOUTS: tuple[Layout, ...] = ("ris", "routeviews")

_COLLECTOR = re.compile(r"^[a-z0-9][a-z0-9.-]{0,63}\Z")
_RIS_NAME = re.compile(r"^rrc\d{2}\Z")
_STAMP = r"(\d{8})\.(\d{4}(?:\d{2})?)"
_NAMES: dict[tuple[Layout, Kind], re.Pattern[str]] = {
    ("ris", "table"): re.compile(rf"^bview\.{_STAMP}\.gz\Z"),
    ("ris", "updates"): re.compile(rf"^updates\.{_STAMP}\.gz\Z"),
    ("routeviews", "table"): re.compile(rf"^rib\.{_STAMP}\.bz2\Z"),
    ("routeviews", "updates"): re.compile(rf"^updates\.{_STAMP}\.bz2\Z"),
}
_RIS_FIVE_MINUTES_US = parse_time("2003-07-23")
"""From here on RIS cut its update files every five minutes (remembered)."""
_REGULAR_SINCE_US: dict[Layout, int] = {"ris": parse_time("2001-01-01"), "routeviews": parse_time("2003-01-01")}
"""Before, names do not lie on a grid and cannot be constructed (remembered)."""

# Collectors that the projects list; RIS closed rrc02, rrc08 and rrc09 early, and there is no rrc17.
RIS_COLLECTORS = tuple(f"rrc{number:02}" for number in range(27) if number != 17)
ROUTEVIEWS_COLLECTORS = (
    *("route-views2", "route-views3", "route-views4", "route-views5", "route-views6"),
    *("route-views.amsix", "route-views.bdix", "route-views.bknix", "route-views.chicago", "route-views.chile"),
    *("route-views.eqix", "route-views.flix", "route-views.fortaleza", "route-views.gixa", "route-views.gorex"),
    *("route-views.isc", "route-views.jinx", "route-views.kixp", "route-views.linx", "route-views.mwix"),
    *("route-views.napafrica", "route-views.ny", "route-views.nwax", "route-views.perth", "route-views.peru"),
    *("route-views.phoix", "route-views.rio", "route-views.saopaulo", "route-views.sfmix", "route-views.sg"),
    *("route-views.siex", "route-views.soxrs", "route-views.sydney", "route-views.telxatl", "route-views.uaeix"),
    "route-views.wide",
    *("route-views2.saopaulo", "crix.sjo", "pacwave.lax", "pit.scl"),
)
COLLECTORS = RIS_COLLECTORS + ROUTEVIEWS_COLLECTORS


@dataclass(frozen=True, slots=True)
class Archive:
    """One archive: its layout, its base (a URL or a folder), and its collectors; none: those of the layout."""

    name: str
    layout: Layout
    base: str
    collectors: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.layout not in LAYOUTS:
            raise FeedError(f"{self.layout!r} is not an archive layout; there are {' and '.join(LAYOUTS)}")
        if "://" in self.base and not self.is_remote:
            raise FeedError(f"the base of an archive is an http or https URL or a folder, not {self.base!r}")

    @property
    def is_remote(self) -> bool:
        """Asked over HTTP; otherwise a mirror's folder on this machine."""
        return self.base.lower().startswith(("http://", "https://"))

    def has(self, collector: str) -> bool:
        """Whether this archive would keep the collector."""
        if self.collectors:
            return collector in self.collectors
        return bool(_RIS_NAME.match(collector)) == (self.layout == "ris")

    def folder(self, collector: str, kind: Kind, time_us: int) -> PurePosixPath:
        """The month's folder, below the base."""
        month = f"{to_datetime(time_us):%Y.%m}"
        if self.layout == "ris":
            return PurePosixPath(collector, month)
        # The first collector, route-views2, lies at the archive's root.
        parts = ("bgpdata",) if collector == "route-views2" else (collector, "bgpdata")
        return PurePosixPath(*parts, month, "RIBS" if kind == "table" else "UPDATES")

    def file_name(self, kind: Kind, time_us: int) -> str:
        """A file's name: the time of a dump, or the beginning of an update file's interval."""
        stamp = f"{to_datetime(time_us):%Y%m%d.%H%M}"
        if self.layout == "ris":
            return f"{'bview' if kind == 'table' else 'updates'}.{stamp}.gz"
        return f"{'rib' if kind == 'table' else 'updates'}.{stamp}.bz2"

    def url(self, collector: str, kind: Kind, time_us: int) -> str:
        """Where that file lies: base, month's folder, name."""
        return f"{self.base.rstrip('/')}/{self.folder(collector, kind, time_us)}/{self.file_name(kind, time_us)}"

    def time_of(self, kind: Kind, name: str) -> int | None:
        """The time in a file's name, None for any other name."""
        found = _NAMES[self.layout, kind].match(name)
        if found is None:
            return None
        day, clock = found.groups()
        seconds = f":{clock[4:]}" if len(clock) > 4 else ""
        try:
            return parse_time(f"{day[:4]}-{day[4:6]}-{day[6:]}T{clock[:2]}:{clock[2:4]}{seconds}Z")
        except ValueError:
            return None

    def period_us(self, kind: Kind, time_us: int) -> int:
        """How often the project cut such a file at that time."""
        if self.layout == "ris":
            if kind == "table":
                return 8 * HOUR_US
            return (5 if time_us >= _RIS_FIVE_MINUTES_US else 15) * MINUTE_US
        return 2 * HOUR_US if kind == "table" else 15 * MINUTE_US

    def constructed(self, kind: Kind, span: TimeSpan) -> Iterator[int]:
        """Times of all files that ought to exist in the span. Raises FeedError for years without a regular grid."""
        if span.from_us < _REGULAR_SINCE_US[self.layout]:
            year = to_datetime(_REGULAR_SINCE_US[self.layout]).year
            raise FeedError(f"{self.name} has no regular file names before {year}, so its index page is needed")
        time_us = span.from_us
        while time_us < span.until_us:
            step = self.period_us(kind, time_us)
            if time_us % step == 0:
                yield time_us
            time_us += step - time_us % step


DEFAULT_ARCHIVES = (Archive("ris", "ris", RIS_URL), Archive("routeviews", "routeviews", ROUTEVIEWS_URL))


@dataclass(frozen=True, slots=True)
class Archives:
    """The archives that are asked; those with collectors of their own come first.

    ``broker``: the base URL of an index of all archives that is asked before their own, if any.
    """

    known: tuple[Archive, ...] = DEFAULT_ARCHIVES
    broker: str | None = None

    def __post_init__(self) -> None:
        if self.broker is not None and not self.broker.lower().startswith(("http://", "https://")):
            raise FeedError(f"a broker has an http or https URL, not {self.broker!r}")

    def of(self, collector: str) -> Archive:
        """Who keeps the collector. Raises FeedError."""
        if not _COLLECTOR.match(collector) or ".." in collector:
            raise FeedError(f"{collector!r} is not the name of a collector, such as rrc00 or route-views.linx")
        for archive in sorted(self.known, key=lambda item: not item.collectors):
            if archive.has(collector):
                return archive
        raise FeedError(f"no archive for the collector {collector}; give one with --base-url or in the configuration")

    def at(self, bases: Iterable[str]) -> "Archives":
        """The same with other bases, given as ``NAME=URL`` or ``NAME=FOLDER``. Raises FeedError."""
        known = {archive.name: archive for archive in self.known}
        for text in bases:
            name, sign, base = text.partition("=")
            if not sign or not base or name not in known:
                names = " or ".join(f"{each}=URL" for each in known)
                raise FeedError(f"cannot use the base {text!r}; write {names} (a folder of the same layout will do)")
            old = known[name]
            known[name] = Archive(name, old.layout, base, old.collectors)
        return Archives(tuple(known.values()), self.broker)
