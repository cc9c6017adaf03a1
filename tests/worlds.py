"""Small worlds for tests of judgement: three collectors, a dozen peers, North Korea's four networks, a background."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gonedark.delegation.names import find_country
from gonedark.investigate import Investigation, Question, investigate
from gonedark.model.prefix import Prefix
from gonedark.model.report import Report
from gonedark.model.time import HOUR_US, MINUTE_US, TimeSpan, parse_time
from gonedark.scenario.world import Vantage, World

START_US = parse_time("2014-12-22T00:00Z")
NATIONAL = tuple(Prefix.parse(f"175.45.{third}.0/24") for third in range(176, 180))
BACKGROUND = tuple(Prefix.parse(f"198.{second}.{third}.0/24") for second in (51, 18) for third in range(40))
COLLECTORS = ("rrc00", "route-views.linx", "route-views.sydney")
PEERS = (3333, 1299, 3356, 2914, 6939, 174, 3257, 6453, 6762, 7018, 1221, 4826)


@dataclass
class Scene:
    """A world in which all is well from START_US for ``hours``, until a test breaks something."""

    hours: int = 8
    collectors: Sequence[str] = COLLECTORS
    peers: Sequence[int] = PEERS
    every_us: int = MINUTE_US
    world: World = field(default_factory=World)
    vantages: list[Vantage] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name in self.collectors:
            self.world.collector(name, precise=name.startswith("rrc"))
        for index, asn in enumerate(self.peers):
            self.add(self.collectors[index % len(self.collectors)], asn, f"192.0.2.{index + 1}")
        for name in self.collectors:
            self.world.dump(START_US, name)
            self.world.chatter(name, START_US, self.until_us, every_us=self.every_us)

    @property
    def until_us(self) -> int:
        """End of the window."""
        return START_US + self.hours * HOUR_US

    @property
    def window(self) -> TimeSpan:
        """From an hour after the tables to the end."""
        return TimeSpan(START_US + HOUR_US, self.until_us)

    def add(
        self,
        collector: str,
        asn: int,
        address: str,
        prefixes: Sequence[Prefix] = NATIONAL + BACKGROUND,
        *,
        up: bool = True,
    ) -> Vantage:
        """One more session that holds these prefixes over China Unicom or a path of its own."""
        vantage = self.world.session(collector, asn, address, up=up)
        national = [prefix for prefix in prefixes if prefix in NATIONAL]
        other = [prefix for prefix in prefixes if prefix not in NATIONAL]
        if national:
            self.world.hold(vantage, national, (asn, 4837, 131279) if asn != 4837 else (4837, 131279))
        if other:
            self.world.hold(vantage, other, (asn, 64500))
        self.vantages.append(vantage)
        return vantage

    def lose(self, at_us: int, back_us: int | None, who: Iterable[Vantage] | None = None) -> None:
        """All networks are withdrawn, and announced again."""
        for index, vantage in enumerate(self.vantages if who is None else who):
            jitter_us = index * 1_300_000
            self.world.withdraw(at_us + jitter_us, vantage, NATIONAL)
            if back_us is not None:
                self.world.announce(back_us + jitter_us, vantage, NATIONAL, (vantage.peer.asn, 4837, 131279))

    def files(self, *, slot_us: int | dict[str, int] = HOUR_US, **how: object) -> list[tuple[str, bytes]]:
        """The archive; update files of an hour, since every file costs time and its length decides nothing."""
        return list(self.world.files(slot_us=slot_us, **how))  # type: ignore[arg-type]


def ask(files: Iterable[tuple[str, bytes]], folder: Path, window: TimeSpan, country: str = "KP") -> Investigation:
    """Write the files and investigate."""
    paths = []
    for name, data in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        paths.append(path)
    return investigate(Question(find_country(country), window, (str(folder),)))


def phases(report: Report) -> list[str]:
    """Names of the IPv4 phases in order."""
    return [phase.phase for phase in report.phases if phase.family == "ipv4"]
