"""gonedark exposure as people call it: an earlier table, user estimates, comparators, and what is unknown."""

import csv
import gzip
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gonedark import scenario
from gonedark.cli import app
from gonedark.delegation.registry import load_registry
from gonedark.model.prefix import Prefix
from gonedark.model.time import HOUR_US
from gonedark.scenario.world import World
from worlds import BACKGROUND, NATIONAL, PEERS, START_US

runner = CliRunner()
JAPANESE = (2497, 2500, 2516, 4713, 17676, 2907)
YEMENI = next(
    Prefix("ipv4", int(first), 24)
    for first, last in load_registry(None, START_US).attribution("YE").ranges["ipv4"].tolist()
    if last - first >= 255
)


def table(folder: Path, ways: Sequence[tuple[int, int]], at_us: int = START_US, peers: Sequence[int] = PEERS) -> str:
    """A routing table: ``ways`` are (provider, number of North Korea's networks over it), in their order."""
    world = World()
    world.collector("rrc00")
    for index, asn in enumerate(peers):
        vantage = world.session("rrc00", asn, f"192.0.2.{index + 1}")
        world.hold(vantage, BACKGROUND, (asn, 64500))
        world.hold(vantage, (YEMENI,), (asn, 30873))
        begin = 0
        for provider, count in ways:
            path = (asn, 131279) if asn == 131279 else (asn, provider, provider, 131279)
            world.hold(vantage, NATIONAL[begin : begin + count], path)
            begin += count
    world.dump(at_us, "rrc00")
    (name, data), *_ = [(name, data) for name, data in world.files() if "view" in name]
    path = folder / f"{at_us}" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return str(path)


def ask(*arguments: str) -> dict[str, Any]:
    result = runner.invoke(app, ["exposure", "KP", *arguments, "--format", "json"])
    assert result.exit_code == 0, result.output
    told: dict[str, Any] = json.loads(result.stdout)
    return told


def test_what_changed_since_an_earlier_table(tmp_path: Path) -> None:
    old = table(tmp_path, [(4837, 4)])
    new = table(tmp_path, [(4837, 3), (20485, 1)], START_US + 24 * HOUR_US)
    (change,) = ask("--mrt", new, "--since", old)["changes"]
    assert (change["from"], change["until"]) == ("2014-12-22T00:00:00Z", "2014-12-23T00:00:00Z")
    assert (change["providers_gained"], change["providers_lost"]) == ([20485], [])
    assert (change["units_before"], change["units_after"]) == (1024, 1024)
    text = runner.invoke(app, ["exposure", "KP", "--mrt", new, "--since", old]).stdout
    assert "New: 1 foreign provider: AS20485" in text
    page = runner.invoke(app, ["exposure", "KP", "--mrt", old, "--since", new, "--format", "html"]).stdout
    assert "Gone: 1 foreign provider: AS20485" in page


def test_a_table_that_others_watched_is_no_sure_measure_of_change(tmp_path: Path) -> None:
    """Each network sees ways out that others do not: a provider that nobody sees any more need not be gone."""
    old = table(tmp_path, [(4837, 4)], peers=PEERS[:6])
    days = {1: PEERS, 2: PEERS[5:]}
    some, others = (table(tmp_path, [(4837, 4)], START_US + day * 24 * HOUR_US, days[day]) for day in days)
    warned = "what differs may come from who watched"
    assert not [line for line in ask("--mrt", some, "--since", old)["warnings"] if warned in line]
    told = ask("--mrt", others, "--since", old)
    (said,) = [line for line in told["warnings"] if warned in line]
    assert said.startswith("of the 6 networks that watched ipv4 then and the 7 that did later 1 are the same")
    assert [change["family"] for change in told["changes"]] == ["ipv4"]


def test_an_earlier_table_is_an_input_with_its_warnings(tmp_path: Path) -> None:
    old, new = (table(tmp_path, [(4837, 4)], START_US + day * 24 * HOUR_US) for day in (0, 1))
    told = ask("--mrt", new, "--since", old)
    assert [row["name"] for row in told["inputs"]] == [Path(new).name, Path(old).name]
    assert any(line.startswith("the earlier table: the largest table of a peer") for line in told["warnings"])
    text = runner.invoke(app, ["exposure", "KP", "--mrt", new, "--since", old]).stdout
    assert Path(old).name in text
    assert "Since 2014-12-22 00:00:00 UTC: nothing changed" in text
    rebuilt, data = next((path, data) for path, data in scenario.build(scenario.load("quiet-kp")) if "view" in path)
    (tmp_path / Path(rebuilt).name).write_bytes(data)
    assert ask("--mrt", new, "--since", str(tmp_path / Path(rebuilt).name))["kind"] == "reconstruction"


def test_origins_that_the_delegations_do_not_have_are_named(tmp_path: Path) -> None:
    mrt = table(tmp_path, [(4837, 4)])
    delegation = tmp_path / "delegated-apnic-20141201"
    delegation.write_text("apnic|KP|ipv4|175.45.176.0|1024|20091218|allocated\n")
    told = ask("--mrt", mrt, "--delegation", str(delegation))["exposure"]
    (said,) = [line for line in told["warnings"] if "unknown country, which count as foreign" in line]
    assert "AS131279 (STAR-KP Ryugyong-dong) with 1,024 addresses" in said
    added = tmp_path / "added.csv"
    added.write_text("KP,AS131279\n")
    told = ask("--mrt", mrt, "--delegation", str(delegation), "--attribute", str(added))["exposure"]
    assert not [line for line in told["warnings"] if "unknown country, which" in line]
    pairs = tmp_path / "pfx2as.txt"
    pairs.write_text("175.45.176.0\t22\t131279\n")
    told = ask("--pfx2as", str(pairs), "--delegation", str(delegation))["exposure"]
    assert "AS131279 (STAR-KP Ryugyong-dong) with 1,024 addresses" in told["warnings"][-1]


def test_a_rebuilt_table_is_told_from_a_measured_one_in_every_form(tmp_path: Path) -> None:
    scene = scenario.load("quiet-kp")
    rebuilt, data = next((path, data) for path, data in scenario.build(scene) if "view" in path)
    (tmp_path / Path(rebuilt).name).write_bytes(data)
    told = ask("--mrt", str(tmp_path / Path(rebuilt).name))
    assert told["kind"] == "reconstruction"
    assert ask("--mrt", table(tmp_path, [(4837, 4)]))["kind"] == "measurement"
    for form in ("text", "html", "svg"):
        shown = {
            path: runner.invoke(app, ["exposure", "KP", "--mrt", path, "--quiet", "--format", form]).stdout
            for path in (str(tmp_path / Path(rebuilt).name), table(tmp_path, [(4837, 4)]))
        }
        assert ["This is not a measurement" in page for page in shown.values()] == [True, False]
    everyone = runner.invoke(app, ["exposure", "--all", "--mrt", str(tmp_path / Path(rebuilt).name)])
    assert "This is not a measurement" in everyone.stderr


@pytest.mark.parametrize("form", ["text", "html"])
def test_an_answer_names_who_watched(tmp_path: Path, form: str) -> None:
    rib = table(tmp_path, [(4837, 4)], peers=PEERS[:2])
    told = runner.invoke(app, ["exposure", "KP", "--mrt", rib, "--quiet", "--format", form]).stdout
    assert f"2 (AS{min(PEERS[:2])} and AS{max(PEERS[:2])})" in told
    assert "Voters" in told


def test_nothing_changed_since(tmp_path: Path) -> None:
    old, new = (table(tmp_path, [(4837, 4)], START_US + day * 24 * HOUR_US) for day in (0, 1))
    assert "nothing changed" in runner.invoke(app, ["exposure", "KP", "--mrt", new, "--since", old]).stdout


def test_an_earlier_table_that_nobody_outside_gave_tells_no_change(tmp_path: Path) -> None:
    """Its only full table is of the country's own network: neither providers nor addresses are known then."""
    old = table(tmp_path, [(4837, 4)], peers=(131279,))
    new = table(tmp_path, [(4837, 4)], START_US + 24 * HOUR_US)
    told = ask("--mrt", new, "--since", old)
    assert told["changes"] == []
    assert "what changed in ipv4 is unknown: one of the tables has no full table from outside" in told["warnings"]


@pytest.mark.parametrize("form", ["text", "json", "html", "pfx2as"])
def test_an_answer_itself_says_whose_addresses_these_are_and_of_when(tmp_path: Path, form: str) -> None:
    """Whoever reads a page later did not see what was warned of on the terminal."""
    source = ["--mrt", table(tmp_path, [(4837, 4)], START_US - 12 * 365 * 24 * HOUR_US)]
    if form == "pfx2as":
        (tmp_path / "pfx2as").write_text("175.45.176.0\t24\t131279\n")
        source, form = ["--pfx2as", str(tmp_path / "pfx2as"), "--at", "2002-12-22"], "text"
    told = runner.invoke(app, ["exposure", "KP", *source, "--format", form, "--quiet"]).stdout
    words = " ".join(told.split())
    assert "as they were delegated on 2014-10-08, 1" in words
    assert "delegation files of RIPE NCC 2014-08-03" in words


def test_without_a_voter_counts_are_unknown(tmp_path: Path) -> None:
    told = ask("--mrt", table(tmp_path, [(4837, 4)], peers=(131279,)))
    assert told["exposure"]["census"] is None
    assert (
        told["exposure"]["headline"] == "Nothing can be said of North Korea: no network outside it gave a full table."
    )
    assert told["users"] is None
    rib = table(tmp_path, [(4837, 4)], peers=(131279,))
    row = next(
        csv.DictReader(io.StringIO(runner.invoke(app, ["exposure", "KP", "--mrt", rib, "--format", "csv"]).stdout))
    )
    assert (row["voters"], row["prefixes"], row["units"], row["dark_units"]) == ("0", "", "", "")
    assert (row["frontier"], row["providers"], row["hegemony_trimmed"]) == ("", "", "")
    for form in ("text", "html", "svg"):
        told_words = runner.invoke(app, ["exposure", "KP", "--mrt", rib, "--format", form])
        assert "Nothing can be said of North Korea" in told_words.stdout.replace("\n", " ")


@pytest.mark.parametrize("number", [64512, 65534, 4200000000, 4294967294, 0, 23456])
def test_a_number_that_names_no_network_is_told_with_what_it_counts_as(tmp_path: Path, number: int) -> None:
    rib = announced(tmp_path, [(4837, number)] * 2 + [(4837, 131279)] + [(4837, 131279, number)])
    told = ask("--mrt", rib)["exposure"]
    (row,) = told["nameless_origins"]
    assert (row["asn"], row["addresses_v4"], [network["asn"] for network in row["counted_as"]]) == (number, 512, [4837])
    assert [row["asn"] for row in told["census"]["foreign_origins"]] == [4837]
    (words,) = [line for line in told["warnings"] if "name no network" in line]
    assert f"AS{number} with 512 addresses" in words
    assert "AS4837 (China Unicom)" in words
    assert "name no network" in runner.invoke(app, ["exposure", "KP", "--mrt", rib, "--format", "html"]).stdout
    # Of a table beside another one too.
    both = ask("--mrt", f"rrc01={rib}", "--mrt", f"rrc02={rib}")["exposure"]
    assert both["nameless_origins"] == told["nameless_origins"]


def test_no_number_is_told_where_every_origin_has_a_name(tmp_path: Path) -> None:
    told = ask("--mrt", table(tmp_path, [(4837, 4)]))["exposure"]
    assert told["nameless_origins"] == []
    assert not [line for line in told["warnings"] if "name no network" in line]


def announced(folder: Path, ends: Sequence[tuple[int, ...]]) -> str:
    """A routing table in which North Korea's networks are announced over paths that end so."""
    world = World()
    world.collector("rrc00")
    for index, asn in enumerate(PEERS):
        vantage = world.session("rrc00", asn, f"192.0.2.{index + 1}")
        world.hold(vantage, BACKGROUND, (asn, 64500))
        for prefix, end in zip(NATIONAL, ends, strict=True):
            world.hold(vantage, (prefix,), (asn, *end))
    world.dump(START_US, "rrc00")
    ((name, data),) = [(name, data) for name, data in world.files() if "view" in name]
    path = folder / Path(name).name
    path.write_bytes(data)
    return str(path)


def test_a_country_announced_from_abroad_alone_has_no_class_and_is_told_why(tmp_path: Path) -> None:
    rib = announced(tmp_path, [(4837,)] * 4)
    told = ask("--mrt", rib)["exposure"]
    assert (told["risk_class"], told["census"]["domestic_origins"], told["flows"]) == (None, 0, [])
    asked = ["exposure", "KP", "--mrt", rib, "--quiet", "--format"]
    assert "Risk class (Renesys) none: all is announced by networks abroad" in " ".join(
        runner.invoke(app, [*asked, "text"]).stdout.split()
    )
    picture = runner.invoke(app, [*asked, "svg"]).stdout
    assert "All is announced by networks abroad:" in picture
    assert "No way out" not in picture
    assert "First network abroad" not in picture
    everyone = runner.invoke(app, ["exposure", "--all", "--mrt", rib, "--quiet"]).stdout
    assert "North Korea: 4 networks with 1,024 addresses, all announced from abroad. [ipv4, no risk class]" in everyone


def test_what_a_torn_table_does_not_hold_is_unknown(tmp_path: Path) -> None:
    """Egypt may stand in the part that is missing: to call it dark would be a false outage."""
    rib = Path(table(tmp_path, [(4837, 4)]))
    rib.write_bytes(rib.read_bytes()[:-7])
    asked = ("--mrt", str(rib), "--compare", "YE,TW", "--quiet", "--format")
    result = runner.invoke(app, ["exposure", "EG", *asked, "json"])
    told = json.loads(result.stdout)["exposure"]
    assert told["headline"] == (
        "Nothing can be said of Egypt: the table breaks off, and what it holds has nothing of it."
    )
    assert (told["census"], told["risk_class"], told["table_complete"]) == (None, None, False)
    compared = [(row["country"], row["prefixes"], row["addresses_v4"]) for row in told["comparators"]]
    assert compared == [("YE", 1, 256), ("TW", None, None)]
    text = runner.invoke(app, ["exposure", "EG", *asked, "text"]).stdout
    assert "0 networks" not in text
    (row,) = csv.DictReader(io.StringIO(runner.invoke(app, ["exposure", "EG", *asked, "csv"]).stdout))
    assert (row["prefixes"], row["dark_units"]) == ("", "")


def test_a_table_without_paths_leaves_columns_empty(tmp_path: Path) -> None:
    origins = tmp_path / "pfx2as"
    origins.write_text("175.45.176.0\t24\t131279\n")
    result = runner.invoke(app, ["exposure", "KP", "--pfx2as", str(origins), "--at", "2014-12-22", "--format", "csv"])
    assert result.exit_code == 0, result.output
    (row,) = csv.DictReader(io.StringIO(result.stdout))
    assert (row["prefixes"], row["units"], row["foreign_origin_units"]) == ("1", "256", "0")
    unknown = ("voters", "risk_class", "frontier", "providers", "points_90", "minimum_cut", "hegemony_trimmed")
    assert {row[key] for key in unknown} == {""}


def test_of_a_torn_table_neither_dark_addresses_nor_users_nor_changes_are_told(tmp_path: Path) -> None:
    """What it does not hold would be dark, have no users, and be gone since the whole table."""
    whole = table(tmp_path, [(4837, 2), (20485, 2)])
    rib = Path(table(tmp_path, [(4837, 2), (20485, 2)], START_US + 24 * HOUR_US))
    rib.write_bytes(rib.read_bytes()[:-7])
    for new, old in ((str(rib), whole), (whole, str(rib))):
        told = ask("--mrt", new, "--since", old)
        assert told["changes"] == []
        assert "what changed in ipv4 is unknown: one of the tables breaks off" in told["warnings"]
    torn, sound = (ask("--mrt", path) for path in (str(rib), whole))
    census = torn["exposure"]["census"]
    assert (census["prefixes"], census["dark"], torn["users"]) == (4, None, None)
    assert sound["exposure"]["census"]["dark"] == 0
    assert sound["users"] is not None
    everyone = runner.invoke(app, ["exposure", "--all", "--mrt", str(rib), "--format", "csv"]).stdout
    assert {row["dark_units"] for row in csv.DictReader(io.StringIO(everyone))} == {""}


def test_what_a_torn_table_of_origins_does_not_hold_is_unknown(tmp_path: Path) -> None:
    rows = [f"{first}.{second}.0.0/16\t64500\n" for first in (3, 4, 8, 9, 12, 15, 16) for second in range(256)]
    packed = gzip.compress("".join(["175.45.176.0/24\t131279\n", *rows]).encode())
    torn = tmp_path / "origins.gz"
    torn.write_bytes(packed[:-100])
    told = ask("--pfx2as", str(torn), "--at", "2014-12-22")["exposure"]["census"]
    assert (told["prefixes"], told["dark"]) == (1, None)
    result = runner.invoke(app, ["exposure", "TW", "--pfx2as", str(torn), "--at", "2014-12-22", "--format", "json"])
    unread = json.loads(result.stdout)["exposure"]
    assert unread["census"] is None
    assert unread["headline"].startswith("Nothing can be said of Taiwan: the table breaks off")


def test_a_table_of_origins_without_a_date_says_by_which_delegations(tmp_path: Path) -> None:
    origins = tmp_path / "pfx2as"
    origins.write_text("175.45.176.0\t24\t131279\n")
    warned = "the table tells no date"
    assert [line for line in ask("--pfx2as", str(origins))["warnings"] if warned in line]
    assert not [line for line in ask("--pfx2as", str(origins), "--at", "2014-12-22")["warnings"] if warned in line]


@pytest.mark.parametrize(
    ("how", "options"),
    [
        (["--all"], ["--compare", "--since", "--users", "--without", "--relationships"]),
        (["--all", "--format", "csv"], ["--without", "--relationships"]),
        (["--all", "--format", "json"], ["--compare", "--since", "--users"]),
        (["KP", "--pfx2as"], ["--compare", "--since", "--users", "--without", "--relationships"]),
    ],
    ids=" ".join,
)
def test_options_that_would_have_no_effect_are_refused(tmp_path: Path, how: list[str], options: list[str]) -> None:
    """A what-if that changes nothing because nobody asked it would look like good news."""
    (tmp_path / "file").write_text("175.45.176.0\t24\t131279\n")
    source = [str(tmp_path / "file")] if "--pfx2as" in how else ["--mrt", table(tmp_path, [(4837, 4)])]
    for option in options:
        value = "CN" if option in ("--compare", "--without") else str(tmp_path / "file")
        result = runner.invoke(app, ["exposure", *how, *source, option, value])
        assert result.exit_code == 2, option
        assert f"{option} is not answered with --" in result.output


def test_countries_nearby_are_compared_with_unless_others_are_named(tmp_path: Path) -> None:
    rib = table(tmp_path, [(4837, 4)])
    usual = ask("--mrt", rib)["exposure"]["comparators"]
    assert len(usual) == 3
    assert "KP" not in [row["country"] for row in usual]
    rows = ask("--mrt", rib, "--compare", "ye, Taiwan")["exposure"]["comparators"]
    assert [(row["country"], row["prefixes"], row["addresses_v4"]) for row in rows] == [("YE", 1, 256), ("TW", 0, 0)]
    assert ask("--mrt", rib, "--compare", "")["exposure"]["comparators"] == []


def test_a_country_that_only_its_own_networks_watched_cannot_be_compared(tmp_path: Path) -> None:
    rib = table(tmp_path, [(4837, 4)], peers=JAPANESE)
    (row,) = ask("--mrt", rib, "--compare", "JP")["exposure"]["comparators"]
    assert (row["country"], row["prefixes"], row["addresses_v4"]) == ("JP", None, None)
    text = runner.invoke(app, ["exposure", "KP", "--mrt", rib, "--compare", "JP"]).stdout
    assert "unknown" in text.partition("To compare")[2]


def test_tables_that_cannot_be_full_are_told_to_be_partial(tmp_path: Path) -> None:
    (told,) = [line for line in ask("--mrt", table(tmp_path, [(4837, 4)]))["warnings"] if "the Internet had" in line]
    assert "over 100,000 at the time" in told


def test_to_take_away_what_is_not_there_is_told(tmp_path: Path) -> None:
    """A mistyped number would otherwise look like good news."""
    rib = table(tmp_path, [(4837, 4)])
    told = ask("--mrt", rib, "--without", "AS48370", "--without", "AS4837-AS131279", "--without", "BR")
    said = [line.partition(" is on no path")[0] for line in told["warnings"] if "on no path" in line]
    assert said == ["AS48370", "BR"]
    result = runner.invoke(app, ["exposure", "KP", "--mrt", rib, "--without", "XX"])
    assert result.exit_code == 2
    assert "XX" in result.output
    by_name, by_code = ask("--mrt", rib, "--without", "China"), ask("--mrt", rib, "--without", "cn")
    assert by_name["exposure"]["what_if"] == by_code["exposure"]["what_if"] is not None


def test_an_unknown_country_is_wrong_usage(tmp_path: Path) -> None:
    result = runner.invoke(app, ["exposure", "KP", "--mrt", table(tmp_path, [(4837, 4)]), "--compare", "Atlantis"])
    assert result.exit_code == 2
    assert "Atlantis" in result.output


USERS = 'AS,"AS Name",CC,"Users (est.)"\nAS131279,STAR-KP,KP,"1,200"\n4837,CNC,CN,900\n64501,Other,KP,300\n'


def test_users_by_network_are_a_range(tmp_path: Path) -> None:
    estimates = tmp_path / "users.csv"
    estimates.write_text(USERS)
    users = ask("--mrt", table(tmp_path, [(4837, 4)]), "--users", str(estimates))["users"]
    assert (users["low"], users["high"]) == (1200, 1500)
    assert "published users by AS (2 of the country in the file)" in users["method"]


def test_a_file_of_users_as_spreadsheets_write_it_is_read(tmp_path: Path) -> None:
    """With a byte order mark, and carriage returns."""
    estimates = tmp_path / "users.csv"
    estimates.write_bytes(b"\xef\xbb\xbf" + USERS.replace("\n", "\r\n").encode())
    users = ask("--mrt", table(tmp_path, [(4837, 4)]), "--users", str(estimates))["users"]
    assert (users["low"], users["high"]) == (1200, 1500)


def test_a_country_that_the_file_lacks_is_guessed_from_addresses(tmp_path: Path) -> None:
    estimates = tmp_path / "users.csv"
    estimates.write_text("AS,CC,Users\n4837,CN,900\n")
    users = ask("--mrt", table(tmp_path, [(4837, 4)]), "--users", str(estimates))["users"]
    assert (users["low"], users["high"]) == (205, 4096)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("AS,Users\n1,2\n", "no column 'cc'"),
        ("AS,CC,Users\n1,KP,many\n", "line 2: no AS number and users"),
        ("AS,CC,Users\n1,KP,inf\n", "line 2: no AS number and users"),
        ("AS,CC,Users\n1,KP,1e400\n", "line 2: no AS number and users"),
        ("AS,CC,Users\n1,KP,-500\n", "line 2: no AS number and users"),
        ("AS,CC,Users\n1,KP,nan\n", "line 2: no AS number and users"),
        (f"AS,CC,Users\n1,KP,{'9' * 200_000}\n", "line 2: field larger than field limit"),
    ],
    ids=range(7),
)
def test_a_file_that_is_no_estimate_is_one_line(tmp_path: Path, text: str, words: str) -> None:
    estimates = tmp_path / "users.csv"
    estimates.write_text(text)
    rib = table(tmp_path, [(4837, 4)])
    result = runner.invoke(app, ["exposure", "KP", "--quiet", "--mrt", rib, "--users", str(estimates)])
    assert result.exit_code == 1
    assert words in result.output
    assert len(result.output.strip().splitlines()) == 1


@pytest.mark.parametrize("option", ["--users", "--since"])
def test_a_file_that_is_not_there_is_one_line(tmp_path: Path, option: str) -> None:
    result = runner.invoke(
        app, ["exposure", "KP", "--quiet", "--mrt", table(tmp_path, [(4837, 4)]), option, str(tmp_path / "absent")]
    )
    assert result.exit_code == 1
    assert "absent" in result.output
    assert len(result.output.strip().splitlines()) == 1
