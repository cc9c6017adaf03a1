"""``gonedark demo``: the December 2014 outage of North Korea, rebuilt from documented facts and reported.

Begin with :func:`demo`. The archive is a reconstruction and every face of the report says so.
"""

# ruff: noqa: PLC0415
# Heavy rooms are imported where they are used, so that `gonedark --help` answers at once.

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from gonedark.cli.delivery import say
from gonedark.cli.evidence import Extras
from gonedark.cli.exits import Exit, stop
from gonedark.cli.report import answer, publish


def demo(
    scenario: Annotated[str, typer.Option(metavar="NAME", help="Which outage to rebuild.")] = "north-korea-2014",
    folder: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Keep the rebuilt MRT files and the page here.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
) -> None:
    """Rebuild a documented outage as routing data, then report on it as on any other."""
    from gonedark.scenario import load, names

    try:
        told = load(scenario)
    except (KeyError, ValueError):
        stop(f"there is no scenario {scenario!r}; choose one of {', '.join(names())}", Exit.WRONG_USAGE)
    kept = folder or Path(tempfile.mkdtemp(prefix="gonedark-demo-"))
    try:
        _run(told, scenario, kept, quiet=quiet)
    except OSError as error:
        stop(f"cannot write to {kept}: {error.strerror or error}; choose another place with --folder")


def _run(told: object, scenario: str, kept: Path, *, quiet: bool) -> None:
    from gonedark.delegation.names import find_country
    from gonedark.investigate import Question
    from gonedark.scenario import Scenario, build
    from gonedark.scenario.reading import claims_text

    assert isinstance(told, Scenario), "load() gives a scenario"
    _say(f"rebuilding {told.title} from documented facts", quiet=quiet)
    archive = kept / "archive"
    count = size = 0
    for name, data in build(told):
        path = archive / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        count, size = count + 1, size + len(data)
    _say(f"wrote {count} MRT files, {size / 1e6:.1f} MB, in {archive}", quiet=quiet)
    question = Question(find_country(told.country), told.window.span, (str(archive),))
    found = answer(question, quiet=quiet)
    publish(found.report, "text", None)
    page = kept / f"{scenario_stem(told.title)}.html"
    claims = claims_text(scenario)
    judged = Extras(context=None, claims=claims, bundle=None, copy_inputs=False).judged(found)
    publish(judged, "html", page)
    beside = f" and {len(judged.claims)} claims of the press, judged" if judged.claims else ""
    say(f"\nThe page with its chart{beside}: {page}")


def scenario_stem(title: str) -> str:
    """A file name out of a title."""
    return "-".join("".join(sign if sign.isalnum() else " " for sign in title.lower()).split())[:60]


def _say(text: str, *, quiet: bool) -> None:
    if not quiet:
        typer.echo(f"gonedark: {text}", err=True)
