"""Bundles: made here, verified anywhere; whatever is altered, changed or missing is named."""

import json
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from full_disk import full_disk
from gonedark.bundle.manifest import BundleError, parse
from gonedark.bundle.verifying import Verification, verify
from gonedark.bundle.writing import write_bundle
from gonedark.cause.claims.check import judged
from gonedark.cause.claims.reading import parse as parse_claims
from gonedark.cause.context import parse as parse_context
from gonedark.delegation.names import find_country, place_of
from gonedark.investigate import Question, investigate
from gonedark.model.thresholds import Thresholds
from gonedark.model.time import HOUR_US, MINUTE_US
from gonedark.scenario.reading import claims_text
from worlds import START_US, Scene

CONTEXT = '[[calendar]]\nkind = "attack-report"\nfrom = 2014-12-22\ntext = "traffic peaks"\nsource = "a network"\n'
CLAIMS = claims_text("north-korea-2014") or ""


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    scene = Scene(collectors=("rrc00", "route-views.linx"))
    scene.lose(START_US + 4 * HOUR_US, START_US + 5 * HOUR_US)
    folder = tmp_path_factory.mktemp("mrt")
    for name, data in scene.files():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (folder / "README").write_text("not routing data")
    return folder


def question(inputs: Path, thresholds: Thresholds | None = None) -> Question:
    window = Scene().window
    context = parse_context(CONTEXT)
    return Question(find_country("KP"), window, (str(inputs),), thresholds=thresholds or Thresholds(), context=context)


def made(inputs: Path, target: Path, *, copy_inputs: bool = True, thresholds: Thresholds | None = None) -> Path:
    asked = question(inputs, thresholds)
    found = investigate(asked)
    claims = parse_claims(CLAIMS)
    report = judged(found.report, claims, place=place_of("KP"), country_of=found.registry.country_of_asn)
    return write_bundle(report, asked, target, copy_inputs=copy_inputs, context=CONTEXT, claims=CLAIMS)


@pytest.fixture(scope="module")
def folder(inputs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(inputs, tmp_path_factory.mktemp("bundles") / "bundle")


@pytest.fixture
def copied(folder: Path, tmp_path: Path) -> Path:
    """A bundle of one's own to damage, far from the place where it was made."""
    return Path(shutil.copytree(folder, tmp_path / "bundle"))


def told(found: Verification) -> set[tuple[str, str]]:
    return {(item.kind, item.where) for item in found.findings}


def test_a_folder_verifies_where_it_was_moved_to(copied: Path) -> None:
    found = verify(copied)
    assert found.findings == ()
    assert found.is_identical


def test_a_zip_file_verifies_and_is_the_same_whenever_it_is_made(inputs: Path, tmp_path: Path) -> None:
    one, two = made(inputs, tmp_path / "a.zip"), made(inputs, tmp_path / "b.zip")
    assert one.read_bytes() == two.read_bytes()
    assert verify(one).is_identical


@pytest.mark.parametrize("target", ["b", "b.zip"])
def test_names_that_are_no_text_are_kept_apart(inputs: Path, tmp_path: Path, target: str) -> None:
    files = shutil.copytree(inputs, tmp_path / "mrt")
    updates = sorted(files.rglob("updates.*"))
    for number, path in enumerate(updates[:2]):
        path.rename(path.parent / os.fsdecode(b"upd%cates" % (0xE9 + number)))
    assert verify(made(files, tmp_path / target)).is_identical


def test_other_thresholds_are_part_of_the_question(inputs: Path, tmp_path: Path) -> None:
    bundle = made(inputs, tmp_path / "b", thresholds=Thresholds(merge_us=90 * MINUTE_US))
    assert verify(bundle).is_identical


def test_a_flipped_byte_in_an_input_is_named(copied: Path) -> None:
    manifest = parse((copied / "manifest.json").read_bytes())
    path = next(item.path for item in manifest.files if item.role == "input")
    data = bytearray((copied / path).read_bytes())
    data[len(data) // 2] ^= 1
    (copied / path).write_bytes(bytes(data))
    found = verify(copied)
    assert ("altered", path) in told(found)
    assert not found.is_identical


def test_a_missing_input_is_named_and_nothing_is_claimed(copied: Path) -> None:
    manifest = parse((copied / "manifest.json").read_bytes())
    path = next(item.path for item in manifest.files if item.role == "input")
    (copied / path).unlink()
    found = verify(copied)
    assert ("missing", path) in told(found)
    assert not found.recomputed
    assert not found.is_identical


def test_a_threshold_changed_in_the_manifest_is_named(copied: Path) -> None:
    path = copied / "manifest.json"
    tree = json.loads(path.read_bytes())
    tree["question"]["thresholds"]["swing_share"] = 0.2
    path.write_text(json.dumps(tree))
    found = verify(copied)
    assert ("differs", "report.json/software/thresholds/swing_share") in told(found)
    words = next(item.words for item in found.findings if item.where.endswith("swing_share"))
    assert words == "0.1 in the bundle, 0.2 recomputed"


def test_a_number_changed_in_the_report_is_named(copied: Path) -> None:
    path = copied / "report.json"
    tree = json.loads(path.read_bytes())
    tree["outages"][0]["duration_seconds"] = 1
    path.write_text(json.dumps(tree))
    found = verify(copied)
    assert ("altered", "report.json") in told(found)
    assert ("differs", "report.json/outages/0/duration_seconds") in told(found)


def test_a_changed_series_and_a_missing_page_are_named(copied: Path) -> None:
    (copied / "series.csv").write_text("time\n")
    assert {("altered", "series.csv"), ("differs", "series.csv")} <= told(verify(copied))
    (copied / "report.html").unlink()
    assert ("missing", "report.html") in told(verify(copied))


def test_a_changed_claim_is_named(copied: Path) -> None:
    path = copied / "claims.toml"
    path.write_text(path.read_text().replace("count = 1024", "count = 1025"))
    found = told(verify(copied))
    assert ("altered", "claims.toml") in found
    assert any(where.startswith("report.json/claims/") for kind, where in found if kind == "differs")


def test_a_forged_manifest_does_not_hide_an_altered_input(copied: Path, inputs: Path) -> None:
    """Hash and size set right again: the report's own inputs and the recomputed numbers still tell."""
    path = copied / "manifest.json"
    tree = json.loads(path.read_bytes())
    source = next(item for item in tree["inputs"] if "updates" in item["name"])
    other = next(item for item in tree["inputs"] if "updates" in item["name"] and item is not source)
    shutil.copyfile(copied / other["path"], copied / source["path"])
    for item in (source, next(item for item in tree["files"] if item["path"] == source["path"])):
        item["sha256"], item["bytes"] = other["sha256"], other["bytes"]
    path.write_text(json.dumps(tree))
    found = verify(copied)
    assert not found.is_identical
    assert any(where.startswith("report.json/inputs") for kind, where in told(found) if kind == "differs")


def test_hashes_alone_need_a_folder_that_holds_the_inputs(inputs: Path, tmp_path: Path) -> None:
    bundle = made(inputs, tmp_path / "small.zip", copy_inputs=False)
    alone = verify(bundle)
    assert not alone.recomputed
    assert {kind for kind, _ in told(alone)} == {"missing"}
    assert "SHA-256" in alone.findings[0].words
    assert verify(bundle, [inputs]).is_identical


def test_other_delegation_data_are_named(copied: Path) -> None:
    path = copied / "manifest.json"
    tree = json.loads(path.read_bytes())
    tree["snapshot"]["sha256"] = "0" * 64
    path.write_text(json.dumps(tree))
    assert ("altered", tree["snapshot"]["name"]) in told(verify(copied))


@pytest.mark.parametrize("path", ["/etc/passwd", "../outside", "a/../../b", "a\\b", "."])
def test_paths_that_lead_out_are_refused(copied: Path, path: str) -> None:
    manifest = copied / "manifest.json"
    tree = json.loads(manifest.read_bytes())
    tree["files"][0]["path"] = path
    manifest.write_text(json.dumps(tree))
    with pytest.raises(BundleError, match="leads out of the bundle"):
        verify(copied)


def test_a_link_that_leads_out_counts_as_missing(copied: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x")
    (copied / "report.txt").unlink()
    (copied / "report.txt").symlink_to(secret)
    assert ("missing", "report.txt") in told(verify(copied))


def forged(bundle: Path, change: Callable[[Any], None]) -> Path:
    """The bundle with its manifest changed."""
    path = bundle / "manifest.json"
    tree = json.loads(path.read_bytes())
    change(tree)
    path.write_text(json.dumps(tree))
    return bundle


def test_links_in_a_circle_count_as_missing(copied: Path) -> None:
    (copied / "report.txt").unlink()
    (copied / "report.txt").symlink_to("report.txt")
    assert ("missing", "report.txt") in told(verify(copied))


def test_a_pipe_or_a_link_in_place_of_the_manifest_is_not_waited_for(copied: Path, tmp_path: Path) -> None:
    path = (copied / "manifest.json").rename(tmp_path / "elsewhere.json")
    (copied / "manifest.json").symlink_to(path)
    with pytest.raises(BundleError, match="there is no manifest"):
        verify(copied)
    (copied / "manifest.json").unlink()
    os.mkfifo(copied / "manifest.json")
    with pytest.raises(BundleError, match="there is no manifest"):
        verify(copied)


@pytest.mark.parametrize("name", ["report.json", "series.csv"])
def test_what_is_compared_must_be_named_and_is_not_read_otherwise(copied: Path, name: str) -> None:
    forged(copied, lambda tree: tree.update(files=[item for item in tree["files"] if item["path"] != name]))
    (copied / name).unlink()
    os.mkfifo(copied / name)
    found = verify(copied)
    assert ("missing", name) in told(found)
    assert not found.recomputed


def test_another_hash_of_an_input_than_that_of_its_file_is_named(copied: Path) -> None:
    forged(copied, lambda tree: tree["inputs"][3].update(sha256="0" * 64))
    forged(copied, lambda tree: tree["inputs"][4].update(bytes=1))
    name = [item["name"] for item in json.loads((copied / "manifest.json").read_bytes())["inputs"]]
    assert {("altered", name[3]), ("altered", name[4])} == told(verify(copied))


def test_an_input_that_is_no_file_of_the_bundle_is_missing(copied: Path) -> None:
    path = json.loads((copied / "manifest.json").read_bytes())["inputs"][0]["path"]
    forged(copied, lambda tree: tree.update(files=[item for item in tree["files"] if item["path"] != path]))
    assert {kind for kind, _ in told(verify(copied))} == {"missing", "note"}


def test_files_that_the_manifest_does_not_name_are_told(copied: Path, inputs: Path, tmp_path: Path) -> None:
    (copied / "press.html").write_text("not ours")
    found = verify(copied)
    assert told(found) == {("note", "press.html")}
    assert found.is_identical
    bundle = made(inputs, tmp_path / "b.zip")
    with zipfile.ZipFile(bundle, "a") as archive:
        archive.writestr("../press.html", "not ours")
    assert told(verify(bundle)) == {("note", "../press.html")}


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (lambda tree: tree["files"][0].update(path="\ud800"), "leads out of the bundle"),
        (lambda tree: tree["files"][0].update(bytes=1e999), "is damaged"),
        (lambda tree: tree["files"].append(tree["files"][0]), "twice"),
        (lambda tree: tree["inputs"][0].update(name="a\0b"), "is no file name"),
        (lambda tree: tree["inputs"][0].update(name="x" * 256), "is no file name"),
        (lambda tree: tree["question"]["thresholds"].update(baseline_step_us=1), "1 min to 1 day"),
        (lambda tree: tree["question"]["thresholds"].update(hold_us=-1), "hold_us must be 1000000 to"),
        (lambda tree: tree["question"]["thresholds"].update(hold_us=1.5), "must be a whole number"),
        (lambda tree: tree["question"]["thresholds"].update(swing_share=float("nan")), "swing_share must be 0.01 to 1"),
    ],
)
def test_a_forged_manifest_is_one_clear_line(copied: Path, change: Callable[[Any], None], part: str) -> None:
    with pytest.raises(BundleError, match=part) as caught:
        verify(forged(copied, change))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[1]", b'{"schema": "gonedark.bundle/1"}', b"\xff", b'{"schema": "gonedark.bundle/2"}']
)
def test_what_is_no_manifest_is_one_clear_line(copied: Path, data: bytes) -> None:
    (copied / "manifest.json").write_bytes(data)
    with pytest.raises(BundleError, match=r"manifest\.json") as caught:
        verify(copied)
    assert "\n" not in str(caught.value)


def test_what_is_no_bundle_is_one_clear_line(tmp_path: Path) -> None:
    text, empty = tmp_path / "x.txt", tmp_path / "empty.zip"
    text.write_text("hello")
    with zipfile.ZipFile(empty, "w"):
        pass
    for path, part in (
        (text, "no bundle"),
        (tmp_path, "is it a bundle"),
        (tmp_path / "no", "not exist"),
        (empty, "no"),
    ):
        with pytest.raises(BundleError, match=part):
            verify(path)


@pytest.mark.parametrize("target", ["b", "b.zip"])
def test_no_half_of_a_bundle_is_left_on_a_full_disk(inputs: Path, tmp_path: Path, target: str) -> None:
    asked = question(inputs)
    report = investigate(asked).report
    with full_disk(4096), pytest.raises(BundleError, match="cannot write"):
        write_bundle(report, asked, tmp_path / target)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "empty").mkdir()
    with full_disk(4096), pytest.raises(BundleError, match="cannot write"):
        write_bundle(report, asked, tmp_path / "empty")
    assert list(tmp_path.rglob("*")) == [tmp_path / "empty"]


def test_a_disk_too_full_to_unpack_is_not_blamed_on_the_bundle(inputs: Path, tmp_path: Path) -> None:
    bundle = made(inputs, tmp_path / "b.zip")
    with full_disk(4096), pytest.raises(BundleError, match=r"cannot unpack .*: File too large"):
        verify(bundle)


def test_a_forged_zip_file_does_not_fill_the_disk(copied: Path, tmp_path: Path) -> None:
    """Half a gigabyte of nothing is half a megabyte of zip file."""
    size = 1 << 29
    with (copied / "series.csv").open("wb") as series:
        series.truncate(size)
    for said in (size, 10**15):
        forged(copied, lambda tree, said=said: sized(tree, "series.csv", said))
        bundle = zipped(copied, tmp_path / f"{said}.zip", zipfile.ZIP_DEFLATED)
        with full_disk(1 << 28), pytest.raises(BundleError, match=r"it would unpack to 5\d\d,\d{3},\d{3}"):
            verify(bundle)


def test_only_as_much_is_unpacked_as_the_manifest_says(copied: Path, tmp_path: Path) -> None:
    with (copied / "series.csv").open("ab") as series:
        series.truncate(1 << 29)
    bundle = zipped(copied, tmp_path / "b.zip", zipfile.ZIP_DEFLATED)
    with full_disk(1 << 24):
        assert ("altered", "series.csv") in told(verify(bundle))


def test_a_bundle_that_finds_no_room_is_one_clear_line(
    inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = made(inputs, tmp_path / "b.zip")
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1000))
    with pytest.raises(BundleError, match=r"needs [\d,]+ bytes and 1,000 are free; TMPDIR names the place for it"):
        verify(bundle)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_file_compressed_as_no_bundle_is_refused(copied: Path, tmp_path: Path, method: int) -> None:
    """These turn a few bytes into gigabytes, a manifest too."""
    bundle = zipped(copied, tmp_path / "b.zip", method)
    with pytest.raises(BundleError, match="compressed as no bundle is"):
        verify(bundle)


def test_a_bundle_packed_again_verifies(copied: Path, tmp_path: Path) -> None:
    assert verify(zipped(copied, tmp_path / "b.zip", zipfile.ZIP_DEFLATED)).is_identical


def sized(tree: Any, path: str, size: int) -> None:
    for item in tree["files"]:
        if item["path"] == path:
            item["bytes"] = size


def zipped(bundle: Path, target: Path, method: int) -> Path:
    with zipfile.ZipFile(target, "w", method) as archive:
        for path in sorted(bundle.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(bundle).as_posix())
    return target


def test_an_existing_target_is_not_overwritten(inputs: Path, folder: Path) -> None:
    with pytest.raises(BundleError, match="exists already"):
        made(inputs, folder)
