"""What happens in a scenario, told to its world: the events of the facts, tables, and everyday churn.

Begin with :func:`build`, which gives the archive of a scenario. Times of events are those of the facts: the first
session hears of a change at that second. Everything else hangs on the seed.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from random import Random

from gonedark.model.prefix import Prefix
from gonedark.model.time import MINUTE_US, SECOND_US, TimeSpan
from gonedark.scenario import facts
from gonedark.scenario.facts import Scenario, time_us
from gonedark.scenario.reading import surroundings
from gonedark.scenario.stage import Origin, Seat, Stage
from gonedark.scenario.wave import Wave, pieces

BLINK_MEAN_US = 30 * MINUTE_US
"""How often a few prefixes of the background vanish for a short time, everywhere."""
DETOUR_MEAN_US = 10 * MINUTE_US
"""How long a session stays on another path."""
FEWEST_SECONDS_UP = 360
"""Between two flaps a network is up for longer than five minutes, so that each counts for itself."""


def build(scenario: Scenario, *, seed: int = 2014) -> Iterator[tuple[str, bytes]]:
    """The scenario as an archive: relative path and content of each MRT file. The same seed gives the same bytes.

    Raises ValueError where facts contradict each other (a prefix with two origins, an AS without a way to the core).
    """
    stage = Stage(scenario, surroundings(), seed)
    Story(stage).tell()
    return stage.world.files(
        slot_us={name: scenario.archive.slot_us(name) for name in stage.collectors},
        missing=[
            (event.collector, TimeSpan(time_us(event.from_), time_us(event.until)))
            for event in scenario.event
            if isinstance(event, facts.FilesMissing)
        ],
    )


class Story:
    """Tells a stage's world what happens. ``_announced`` and ``_origins`` follow the networks through the story."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._world = stage.world
        self._origins = dict(stage.networks)
        self._announced = {asn: set(origin.prefixes) for asn, origin in stage.networks.items()}

    def tell(self) -> None:
        """Everything, once: the events by time, then what goes on beside them."""
        tellers: dict[type, Callable[..., None]] = {
            facts.Withdraw: self._withdraw,
            facts.Announce: self._announce,
            facts.ChangeProvider: self._change_provider,
            facts.Flapping: self._flapping,
            facts.SessionReset: self._session_reset,
            facts.CollectorSilent: self._collector_silent,
        }
        for number, event in enumerate(sorted(self._stage.scenario.event, key=_starts_us)):
            if type(event) in tellers:
                tellers[type(event)](event, self._stage.rng("event", number))
        for collector in self._stage.collectors:
            self._tables(collector)
            self._detours(collector)
        self._blinks()

    def _withdraw(self, event: facts.Withdraw, rng: Random) -> None:
        for asn in event.networks:
            there = sorted(_chosen(self._announced[asn], event.prefixes), key=lambda prefix: (prefix.length, prefix))
            going = there[: max(0, len(there) - event.keep)]
            rng.shuffle(going)
            self._announced[asn] -= set(going)
            wave = Wave(self._stage, self._origins[asn], rng, deaf=event.stuck)
            for after_us, piece in pieces(going, event.over_seconds):
                wave.gone(time_us(event.at) + after_us, piece)

    def _announce(self, event: facts.Announce, rng: Random) -> None:
        for asn in event.networks:
            if event.providers:
                self._origins[asn] = replace(self._origins[asn], providers=event.providers)
            coming = sorted(_chosen(set(self._origins[asn].prefixes) - self._announced[asn], event.prefixes))
            rng.shuffle(coming)
            self._announced[asn] |= set(coming)
            wave = Wave(self._stage, self._origins[asn], rng)
            for after_us, piece in pieces(coming, event.over_seconds):
                late_us = event.late_minutes * MINUTE_US
                wave.back(time_us(event.at) + after_us, piece, late=event.late, late_us=late_us)

    def _change_provider(self, event: facts.ChangeProvider, rng: Random) -> None:
        for asn in event.networks:
            self._origins[asn] = replace(self._origins[asn], providers=event.providers)
            wave = Wave(self._stage, self._origins[asn], rng)
            for after_us, piece in pieces(sorted(self._announced[asn]), event.over_seconds):
                wave.back(time_us(event.at) + after_us, piece)

    def _flapping(self, event: facts.Flapping, rng: Random) -> None:
        for asn in event.networks:
            prefixes = sorted(self._announced[asn])
            for number, (down_us, up_us) in enumerate(flaps(event, rng)):
                share = min(1.0, 0.3 + (number + 1) / event.times)
                some = rng.sample(prefixes, max(1, round(len(prefixes) * share)))
                wave = Wave(self._stage, self._origins[asn], rng)
                wave.gone(down_us, some)
                wave.back(up_us, some)

    def _session_reset(self, event: facts.SessionReset, rng: Random) -> None:
        here = [seat for seat in self._stage.seats if seat.vantage.collector == event.collector]
        seats = [seat for seat in here if seat.peer.asn == event.peer]
        if not seats:
            raise ValueError(f"AS{event.peer} has no session at {event.collector} that could be reset")
        for seat in seats:
            self._world.reset(
                time_us(event.at),
                seat.vantage,
                back_us=event.down_seconds * SECOND_US,
                transfer_us=event.transfer_seconds * SECOND_US,
                end_of_rib=event.end_of_rib,
            )

    def _collector_silent(self, event: facts.CollectorSilent, rng: Random) -> None:
        self._world.crash(event.collector, time_us(event.from_), time_us(event.until) if event.until else None)

    def _tables(self, collector: str) -> None:
        """A table when the data begin, then one at each whole multiple of the project's interval."""
        step_us = self._stage.scenario.archive.table_us(collector)
        self._world.dump(self._stage.from_us, collector)
        first_us = (self._stage.from_us // step_us + 1) * step_us
        for at_us in range(first_us, self._stage.until_us, step_us):
            self._world.dump(at_us, collector)

    def _detours(self, collector: str) -> None:
        """Everyday churn: one session moves some prefixes of one origin to another path, and back some time later."""
        rng = self._stage.rng("detours", collector)
        busy = {asn for event in self._stage.scenario.event for asn in getattr(event, "networks", ())}
        origins = [*self._stage.others, *(origin for asn, origin in self._stage.networks.items() if asn not in busy)]
        seats = [seat for seat in self._stage.seats if seat.vantage.collector == collector]
        mean_us = self._stage.scenario.background.churn_seconds * SECOND_US
        for at_us in self._moments(rng, mean_us):
            seat, origin = rng.choice(seats), rng.choice(origins)
            some = _few(origin.by_family[seat.family], rng)
            if some and self._stage.hears(seat, origin):
                self._detour(seat, origin, some, at_us, rng)

    def _detour(self, seat: Seat, origin: Origin, some: Sequence[Prefix], at_us: int, rng: Random) -> None:
        paths = self._stage.paths(seat, origin)
        self._world.announce(at_us, seat.vantage, some, paths[-1])
        back_us = at_us + int(rng.expovariate(1 / DETOUR_MEAN_US))
        if back_us < self._stage.until_us:
            self._world.announce(back_us, seat.vantage, some, paths[0])

    def _blinks(self) -> None:
        rng = self._stage.rng("blinks")
        for at_us in self._moments(rng, BLINK_MEAN_US):
            origin = rng.choice(self._stage.others)
            some = _few(origin.prefixes, rng)
            wave = Wave(self._stage, origin, rng)
            wave.gone(at_us, some)
            wave.back(at_us + rng.randrange(60, 400) * SECOND_US, some)

    def _moments(self, rng: Random, mean_us: float) -> Iterator[int]:
        """Times of a Poisson process over the data."""
        at_us = self._stage.from_us
        while (at_us := at_us + 1 + int(rng.expovariate(1 / mean_us))) < self._stage.until_us:
            yield at_us


def flaps(event: facts.Flapping, rng: Random) -> list[tuple[int, int]]:
    """Down and up times: ever closer together, ever longer down. Raises ValueError where they do not fit."""
    from_us, span_us = time_us(event.from_), time_us(event.until) - time_us(event.from_)
    starts_us = [from_us + int(span_us * (number / event.times) ** 0.7) for number in range(event.times)]
    found = []
    for number, (start_us, next_us) in enumerate(zip(starts_us, [*starts_us[1:], from_us + span_us], strict=True)):
        grown = (number / max(1, event.times - 1)) ** 1.5
        seconds = event.shortest_seconds + (event.longest_seconds - event.shortest_seconds) * grown
        room_us = next_us - start_us - int((seconds + FEWEST_SECONDS_UP) * SECOND_US)
        if room_us < 0:
            raise ValueError(f"{event.times} flaps of up to {event.longest_seconds} seconds do not fit into their time")
        down_us = start_us + (int(rng.random() * min(room_us, 600 * SECOND_US)) if number else 0)
        found.append((down_us, down_us + int(seconds * SECOND_US)))
    return found


def _starts_us(event: facts.Event) -> int:
    if isinstance(event, facts.Flapping | facts.CollectorSilent | facts.FilesMissing):
        return time_us(event.from_)
    return time_us(event.at)


def _chosen(prefixes: set[Prefix], named: Sequence[str]) -> set[Prefix]:
    return prefixes & {Prefix.parse(text) for text in named} if named else prefixes


def _few(prefixes: Sequence[Prefix], rng: Random) -> list[Prefix]:
    return rng.sample(prefixes, min(len(prefixes), rng.randint(1, 4)))
