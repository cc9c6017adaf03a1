"""Check a folder of built distributions before anybody gets them: nothing of the package missing, every loop compiled.

Usage: ``python scripts/check_dist.py dist``. Compares with the files that git knows under ``src/gonedark``. Not for
trying the wheel out, which ``.ci/run`` does by installing it.
"""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

PACKAGE = "src/gonedark"
TOP = ("pyproject.toml", "setup.py", "README.md", "LICENSE", "NOTICE")


def tracked() -> list[str]:
    """Files of the package as git knows them, relative to ``src``."""
    listing = subprocess.run(["git", "ls-files", PACKAGE], check=True, capture_output=True, text=True).stdout
    return [name.removeprefix("src/") for name in listing.splitlines()]


def the_one(folder: Path, pattern: str) -> Path:
    """The only file that matches; more or fewer are an error."""
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        sys.exit(f"{folder} holds {len(found)} files like {pattern}, expected one; run make dist")
    return found[0]


def main(folder: Path) -> None:
    """Exit with a list of what is missing, or say what was found whole."""
    wheel, source = the_one(folder, "gonedark-*.whl"), the_one(folder, "gonedark-*.tar.gz")
    in_wheel = set(zipfile.ZipFile(wheel).namelist())
    with tarfile.open(source) as archive:
        in_source = {name.partition("/")[2] for name in archive.getnames()}
    files = tracked()
    missing = [f"{wheel.name}: {name}" for name in files if name not in in_wheel]
    missing += [
        f"{source.name}: {name}" for name in (*TOP, *(f"src/{name}" for name in files)) if name not in in_source
    ]
    for loop in (name for name in files if name.endswith("_loop.py")):
        stem = loop.removesuffix(".py") + "."
        if not any(name.startswith(stem) and name.endswith((".so", ".pyd")) for name in in_wheel):
            missing.append(f"{wheel.name}: the compiled form of {loop}")
    if missing:
        sys.exit("missing from the distributions:\n  " + "\n  ".join(missing))
    print(f"{wheel.name} and {source.name} are complete ({len(files)} files of the package)")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
