"""Egypt's blackout in tables of prefixes and origins: a census without paths (shared data, RouteViews 2011)."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from gonedark.cli.exposure import exposure
from gonedark.delegation.registry import load_registry
from gonedark.feeds.files import FeedError
from gonedark.feeds.origins import read_origins
from gonedark.model.time import parse_time
from shared_data import shared


def run(*arguments: str):
    import typer

    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(exposure)
    return CliRunner().invoke(app, list(arguments))


@pytest.mark.parametrize(("month", "documented"), [("01", 2863), ("02", 88), ("03", 2896)])
def test_egypts_prefixes_are_within_three_per_cent_and_paths_are_null(month, documented):
    table = shared(f"tables/rv2-prefix-origin-2011{month}01.tsv.gz")
    result = run("EG", "--pfx2as", str(table), "--at", f"2011-{month}-01", "--format", "json", "--quiet")
    assert result.exit_code == 0
    found = json.loads(result.stdout)["exposure"]
    assert abs(found["census"]["prefixes"] - documented) <= 0.03 * documented
    for key in ("frontier", "foreign_providers", "risk_class", "hegemony", "minimum_cut", "single_points_of_failure"):
        assert found[key] is None, "unknown is never zero"


def test_differences_are_of_space_allocated_after_the_table(tmp_path):
    """With the registry of that day instead of the embedded one of 2014: what differs has a later allocation date."""
    table = read_origins(shared("tables/rv2-prefix-origin-20110101.tsv.gz"))
    prefixes = [prefix for prefix, _ in table.rows if prefix.family == "ipv4"]
    file = shared("registry/delegated-afrinic-20140630.gz")
    then = load_registry([file], parse_time("2011-01-01"), leave_out_later=True).attribution("EG")
    later = load_registry([file], parse_time("2014-06-30")).attribution("EG")
    national = [
        set(np.flatnonzero(mask).tolist())
        for attribution in (then, later)
        for mask in [attribution.national_mask("ipv4", *columns(prefixes))]
    ]
    assert national[0] <= national[1]
    assert abs(len(national[0]) - 2863) <= 0.03 * 2863
    for at in national[1] - national[0]:
        assert then.share(prefixes[at]) < 0.5 <= later.share(prefixes[at])


def columns(prefixes):
    address = np.array([prefix.address for prefix in prefixes], dtype=np.uint64)
    return address, np.array([prefix.length for prefix in prefixes], dtype=np.uint8)


@pytest.mark.parametrize(
    "text",
    ["192.0.2.0\t24\t64496\n198.51.100.0\t24\t1_2\n", "; head\n192.0.2.0/24\t64496\n198.51.100.0/24\t{1,2}\n"],
    ids=["CAIDA", "two columns"],
)
def test_both_forms_are_read(tmp_path, text):
    path = tmp_path / "table.txt"
    path.write_text(text)
    rows = {str(prefix): origins for prefix, origins in read_origins(path).rows}
    assert rows == {"192.0.2.0/24": (64496,), "198.51.100.0/24": (1, 2)}


@pytest.mark.parametrize("content", [b"", b"hello world\n" * 9, b"\x1f\x8b broken", bytes(range(256)) * 40])
def test_what_is_no_table_is_refused_in_one_line(tmp_path, content):
    path = tmp_path / "table.txt"
    path.write_bytes(content)
    with pytest.raises(FeedError, match="no table of prefixes and origins"):
        read_origins(path)
    result = run("EG", "--pfx2as", str(path))
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [[], ["KP"], ["--all"], ["KP", "--all", "--mrt", "x"], ["KP", "--mrt", "x", "--pfx2as", "y"]]
)
def test_wrong_usage_ends_with_two(arguments):
    assert run(*arguments).exit_code == 2
