"""Measure gonedark's reading against decompression alone and against other decoders, as ratios within one run.

    python bench/run.py             quick: a table of 50,000 prefixes x 20 peers, a few minutes
    python bench/run.py --full      1,000,000 prefixes x 40 peers, 40 million entries; half an hour and 1 GB of disk
    python bench/run.py --smoke     a tiny table, once: only shows that everything runs
    python bench/run.py --only census   what has this in its name, and what that is held against

Begin with :func:`contestants`. Limits are printed and marked where they do not hold; nothing fails because of time.
"""

import argparse
import importlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from compete import Contestant, Result, compete
from summary import entries_of, summary, table

HERE = Path(__file__).parent
SIZES = {
    "smoke": ["--prefixes", "3000", "--peers", "5"],
    "quick": ["--small"],
    "full": [],
}
UPDATES = {"smoke": 5_000, "quick": 500_000, "full": 5_000_000}
EVERYONE = "gonedark, exposure --all"
ROUNDS = {"smoke": 1, "quick": 7, "full": 3}


def contestants(folder: Path, size: str) -> list[Contestant]:
    """Everything that can run here, yardsticks first."""
    rib_gz, rib_bz2, quick, updates = (str(folder / name) for name in files(size))

    def own(work: str, path: str) -> list[str]:
        return [sys.executable, str(HERE / "work.py"), work, path]

    found = [
        Contestant("isal alone", rib_gz, own("isal_alone", rib_gz)),
        Contestant("gonedark, world", rib_gz, own("world", rib_gz), "isal alone", 1.5, 1024),
        Contestant("gonedark, one country", rib_gz, own("country", rib_gz), "isal alone", 1.2, 150),
        Contestant(EVERYONE, rib_gz, own("everyone", rib_gz), "isal alone", 2, 3072),
    ]
    if shutil.which("lbzip2"):
        base = "lbzip2 -n 2"
        found += [
            Contestant(base, rib_bz2, ["lbzip2", "-n", "2", "-dc", rib_bz2]),
            Contestant("gonedark, world, bz2", rib_bz2, own("world", rib_bz2), base, 1.25, 1024),
            Contestant("gonedark, one country, bz2", rib_bz2, own("country", rib_bz2), base, 1.25),
            Contestant("gonedark, world, quick copy of the bz2", quick, own("world", quick), base),
        ]
    found += [
        Contestant("isal alone, updates", updates, own("isal_alone", updates)),
        Contestant("gonedark, updates", updates, own("world", updates), "isal alone, updates"),
    ]
    # The others take minutes to hours for the full size, and the small one shows as much.
    return found if size == "full" else found + others(rib_gz)


def others(path: str) -> list[Contestant]:
    """Other decoders on the same file, where they are installed: against gonedark's full decoding, and the census of
    every country written around them against all that gonedark tells of every country."""
    found = []
    own, base = [sys.executable, str(HERE / "work.py")], "gonedark, world"
    if shutil.which("bgpdump"):
        found.append(Contestant("bgpdump -m", path, ["bgpdump", "-m", path], base, slow=True))
        found.append(Contestant("census, bgpdump | script", path, [*own, "bgpdump_census", path], EVERYONE, slow=True))
    if importlib.util.find_spec("pybgpkit_parser"):
        found.append(Contestant("pybgpkit-parser", path, [*own, "bgpkit", path], base, slow=True))
        found.append(Contestant("census, pybgpkit-parser", path, [*own, "bgpkit_census", path], EVERYONE, slow=True))
    if importlib.util.find_spec("mrtparse"):
        found.append(Contestant("mrtparse", path, [*own, "mrtparse", path], base, slow=True))
    return found


def files(size: str) -> tuple[str, str, str, str]:
    """Names of the generated files: a table three times and a day's updates."""
    return f"rib-{size}.gz", f"rib-{size}.bz2", f"rib-{size}.quick.gz", f"updates-{size}.gz"


def only(found: list[Contestant], text: str) -> list[Contestant]:
    """The one of this name, else those with the text in it; and the yardsticks that they are held against."""
    names = {contestant.name for contestant in found if text == contestant.name}
    names = names or {contestant.name for contestant in found if text in contestant.name}
    while wanted := {one.against for one in found if one.name in names and one.against} - names:
        names |= wanted
    return [contestant for contestant in found if contestant.name in names]


def generate(folder: Path, size: str, wanted: set[str]) -> None:
    """Make those files that are not there yet."""
    for name in files(size):
        if (folder / name).exists() or name not in wanted:
            continue
        if name.endswith(".quick.gz"):
            copy_quickly(folder / f"rib-{size}.bz2", folder / name)
            continue
        updates = ["--updates", str(UPDATES[size])] if name.startswith("updates") else []
        command = [sys.executable, str(HERE / "generate.py"), *SIZES[size], *updates, "--out", str(folder / name)]
        subprocess.run(command, check=True)


def copy_quickly(source: Path, target: Path) -> None:
    """The copy that a download in bz2 gets; imported late, since the runner's own memory is seen in small results."""
    quick, decompress = (importlib.import_module(f"gonedark.{name}") for name in ("feeds.quick", "mrt.decompress"))
    with quick.copying(target) as copy, decompress.BlockStream(source) as stream:
        copy.writelines(stream)


def check_rows(results: list[Result], size: str) -> None:
    """Exit where gonedark and bgpdump do not find the same number of routes: that would not be the same work.

    Left out for the full size, where it has been shown by the smaller ones and takes bgpdump minutes.
    """
    if size == "full" or not shutil.which("bgpdump"):
        return
    for path, rows in entries_of(results).items():
        printed = subprocess.run(["bgpdump", "-m", path], check=True, capture_output=True).stdout.count(b"\n")
        if printed != rows:
            sys.exit(f"{path}: bgpdump prints {printed:,} routes, gonedark finds {rows:,}")


def check_answers(results: list[Result]) -> None:
    """Exit where the census of every country is not the same with another decoder."""
    answers = {result.contestant.name: result.answer for result in results if result.answer}
    if len(set(answers.values())) > 1:
        told = ", ".join(f"{name}: {answer[:12]}" for name, answer in answers.items())
        sys.exit(f"the censuses differ (SHA-256 of {told})")


def main() -> None:
    """Generate what is missing, measure, print, keep the JSON."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gonedark-bench"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", dest="size", action="store_const", const="full", default="quick")
    parser.add_argument("--smoke", dest="size", action="store_const", const="smoke")
    parser.add_argument("--folder", type=Path, default=cache, help=f"where generated files are kept (now {cache})")
    parser.add_argument(
        "--only", default="", metavar="TEXT", help="those with this in their name, and their yardsticks"
    )
    parser.add_argument("--rounds", type=int, help="how often each contestant runs")
    parser.add_argument("--out", type=Path, help="where the JSON goes (bench/results/SIZE.json)")
    given = parser.parse_args()
    chosen = only(contestants(given.folder, given.size), given.only)
    generate(given.folder, given.size, {Path(contestant.file).name for contestant in chosen})
    results = compete(chosen, given.rounds or ROUNDS[given.size])
    check_rows(results, given.size)
    check_answers(results)
    report = summary(results, given.size)
    part = f"-{given.only}" if given.only else ""
    out = given.out or HERE / "results" / f"{given.size}{part}.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(table(report))
    print(f"kept in {out}", file=sys.stderr)


if __name__ == "__main__":
    main()
