"""Properties of whole reports: any order and any split of the files say the same; troubles never make an outage."""

import gzip
import tempfile
from dataclasses import replace
from pathlib import Path
from zlib import crc32

from hypothesis import given, settings
from hypothesis import strategies as st

from gonedark.model.place import Place
from gonedark.model.report import Report
from gonedark.model.time import HOUR_US, MINUTE_US, TimeSpan
from gonedark.publish.formats import render
from worlds import BACKGROUND, COLLECTORS, NATIONAL, START_US, Scene, ask, phases

Files = list[tuple[str, bytes]]
SLOT_US = 15 * MINUTE_US
"""Files of troubled worlds, since many a trouble shows in files that are not there."""


def report_on(files: Files, window: TimeSpan) -> Report:
    with tempfile.TemporaryDirectory() as folder:
        return ask(files, Path(folder), window).report


def without_inputs(report: Report) -> bytes:
    return render(replace(report, inputs=()), "json", Place("Pyongyang", "Asia/Pyongyang"))


def records(data: bytes) -> list[tuple[int, bytes]]:
    """MRT records of an uncompressed file: clock second and bytes (RFC 6396 section 2)."""
    found, at = [], 0
    while at < len(data):
        length = int.from_bytes(data[at + 8 : at + 12], "big") + 12
        found.append((int.from_bytes(data[at : at + 4], "big"), data[at : at + length]))
        at += length
    return found


def split(name: str, data: bytes, seconds: list[int]) -> Files:
    """One file in pieces that begin at these seconds of it, named so that names tell nothing of the order."""
    parts: dict[int, bytes] = {}
    rows = records(data)
    for second, row in rows:
        piece = sum(second - rows[0][0] >= border for border in seconds)
        parts[piece] = parts.get(piece, b"") + row
    folder = name.rsplit("/", 1)[0]
    return [(f"{folder}/{crc32(f'{name} {piece}'.encode()):08x}-{piece}.gz", part) for piece, part in parts.items()]


def eventful() -> Scene:
    """A flapping hour, an outage, a reset collector, a table in the middle, and an outage that does not end."""
    scene = Scene(hours=10)
    for name in COLLECTORS:
        scene.world.dump(START_US + 5 * HOUR_US, name)
    for flap in range(4):
        at_us = START_US + 3 * HOUR_US + flap * 10 * MINUTE_US
        scene.lose(at_us, at_us + 3 * MINUTE_US)
    scene.lose(START_US + 4 * HOUR_US, START_US + 6 * HOUR_US)
    scene.lose(START_US + 8 * HOUR_US, None)
    for vantage in scene.world.sessions("route-views.linx"):
        scene.world.reset(START_US + 7 * HOUR_US, vantage, transfer_us=3 * MINUTE_US)
    return scene


WHOLE = eventful()
PLAIN = [(name, gzip.decompress(data)) for name, data in WHOLE.files()]
EXPECTED = report_on(PLAIN, WHOLE.window)


def test_the_eventful_day_is_told_as_it_was() -> None:
    # The fall at 04:00, the return at 06:00 and the fall at 08:00 lie within six hours of each other.
    assert phases(EXPECTED) == ["normal", "unstable", "offline", "unstable", "offline"]
    lead_up = EXPECTED.outages[0].lead_up
    assert lead_up is not None
    assert lead_up.crossings == 8
    assert EXPECTED.outages[1].end_us is None


@settings(max_examples=15)
@given(st.randoms(use_true_random=False), st.lists(st.integers(1, 3600), max_size=4, unique=True))
def test_any_order_and_any_split_give_the_same_report(shuffler: object, seconds: list[int]) -> None:
    pieces = [
        piece
        for name, data in PLAIN
        for piece in (split(name, data, sorted(seconds)) if "updates" in name else [(name, data)])
    ]
    shuffler.shuffle(pieces)  # type: ignore[attr-defined]
    renamed = [
        (f"{name.rsplit('/', 1)[0]}/{index:03}{name.rsplit('/', 1)[1]}", data)
        for index, (name, data) in enumerate(pieces)
    ]
    assert without_inputs(report_on(renamed, WHOLE.window)) == without_inputs(EXPECTED)


TROUBLES = st.lists(
    st.tuples(
        st.sampled_from(["crash", "silence", "reset", "down", "dump", "partial", "upstream"]),
        st.integers(0, 2),
        st.integers(70, 420),
        st.integers(1, 120),
        st.booleans(),
    ),
    max_size=4,
)


def troubled(troubles: list[tuple[str, int, int, int, bool]]) -> Scene:
    """A world whose watchers have troubles while the country has none."""
    scene = Scene()
    broken: set[str] = set()
    for kind, which, minute, minutes, flag in troubles:
        name, at_us = COLLECTORS[which], START_US + minute * MINUTE_US
        mine = scene.world.sessions(name)
        if kind == "dump":
            scene.world.dump(at_us, name)
        elif name in broken:
            continue
        elif kind in ("crash", "silence"):
            broken.add(name)
            until_us = at_us + minutes * MINUTE_US if flag else None
            (scene.world.crash if kind == "crash" else scene.world.silence)(name, at_us, until_us)
        elif kind == "reset":
            broken.add(name)
            for vantage in mine:
                scene.world.reset(at_us, vantage, transfer_us=minutes * MINUTE_US, end_of_rib=flag)
        elif kind == "down":
            broken.add(name)
            for vantage in mine[:2]:
                scene.world.down(at_us, vantage, stated=flag)
        elif kind == "upstream":
            broken.add(name)
            scene.world.withdraw(at_us, mine[0], BACKGROUND + NATIONAL)
    return scene


@settings(max_examples=30)
@given(TROUBLES)
def test_troubles_of_the_watchers_never_make_an_outage(troubles: list[tuple[str, int, int, int, bool]]) -> None:
    scene = troubled(troubles)
    report = report_on(scene.files(slot_us=SLOT_US), scene.window)
    assert report.outages == ()
    assert set(phases(report)) <= {"normal", "blind"}


@settings(max_examples=20)
@given(TROUBLES, st.integers(120, 300), st.integers(6, 120), st.integers(0, 4))
def test_a_real_outage_is_never_told_where_it_was_not(
    troubles: list[tuple[str, int, int, int, bool]], minute: int, minutes: int, stuck: int
) -> None:
    """Whatever the watchers suffer: no minute outside the true outage and its blind surroundings is told as one."""
    scene = troubled([trouble for trouble in troubles if trouble[0] != "upstream"])
    begin_us, end_us = START_US + minute * MINUTE_US, START_US + (minute + minutes) * MINUTE_US
    scene.lose(begin_us, end_us, scene.vantages[stuck:])
    report = report_on(scene.files(slot_us=SLOT_US), scene.window)
    for phase in report.phases:
        if phase.phase in ("offline", "degraded", "unstable"):
            assert phase.span.from_us >= begin_us
            blind_after = [other.span for other in report.phases if other.phase == "blind"]
            reached = max(
                [end_us + MINUTE_US, *(span.until_us for span in blind_after if span.from_us <= end_us + 2 * MINUTE_US)]
            )
            assert phase.span.until_us <= reached
