"""Settings from a TOML file: thresholds that the user wants otherwise, archives of the user's own, a broker.

Begin with :func:`read_thresholds`, :func:`read_archives` and :func:`read_broker`. Unknown keys are errors that name the
nearest known one.
"""

import dataclasses
import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from gonedark.model.thresholds import Thresholds
from gonedark.named_file import read_named

_MOST_BYTES = 1 << 20


class ConfigError(ValueError):
    """A settings file that cannot be used; the message is one clear line."""


def read_thresholds(path: Path) -> Thresholds:
    """The thresholds of the file's ``[thresholds]`` table, the others as they are. Raises ConfigError."""
    wanted = _tables(path).get("thresholds", {})
    if not isinstance(wanted, dict):
        raise ConfigError(f"thresholds in {path} must be a table: [thresholds]")
    return checked_thresholds(wanted, str(path))


def checked_thresholds(wanted: Mapping[str, Any], where: str) -> Thresholds:
    """Thresholds by name, the others as they are. Raises ConfigError for what can be none."""
    known = [item.name for item in dataclasses.fields(Thresholds)]
    for name in wanted:
        _check(name, known, f"threshold in {where}")
    try:
        return Thresholds(**wanted)
    except ValueError as error:
        raise ConfigError(f"cannot use the thresholds in {where}: {error}") from None


@dataclass(frozen=True, slots=True)
class ArchiveSetting:
    """An ``[archives.NAME]`` table: layout, base URL or folder, and its collectors where they are its own."""

    name: str
    layout: Literal["ris", "routeviews"]
    base: str
    collectors: tuple[str, ...]


def read_archives(path: Path) -> tuple[ArchiveSetting, ...]:
    """The archives of the file's ``[archives.NAME]`` tables, in the file's order. Raises ConfigError.

    ``ris`` and ``routeviews`` replace the public archives and need no layout; others need layout and collectors.
    """
    wanted = _tables(path).get("archives", {})
    if not isinstance(wanted, dict):
        raise ConfigError(f"archives in {path} must be tables: [archives.NAME]")
    return tuple(_archive(name, told, path) for name, told in wanted.items())


def read_broker(path: Path) -> str | None:
    """The ``url`` of the file's ``[broker]`` table, None where there is none. Raises ConfigError."""
    told = _tables(path).get("broker")
    if told is None:
        return None
    if not isinstance(told, dict) or not isinstance(told.get("url"), str):
        raise ConfigError(f"broker in {path} must be a table with a url: [broker]")
    for key in told:
        _check(key, ["url"], f"setting of broker in {path}")
    return str(told["url"])


def _archive(name: str, told: Any, path: Path) -> ArchiveSetting:
    if not isinstance(told, dict):
        raise ConfigError(f"archives.{name} in {path} must be a table: [archives.{name}]")
    for key in told:
        _check(key, ["layout", "base", "collectors"], f"setting of archives.{name} in {path}")
    layout = told.get("layout", name)
    base, collectors = told.get("base"), told.get("collectors", [])
    if layout not in ("ris", "routeviews"):
        raise ConfigError(f'archives.{name} in {path} needs layout = "ris" or "routeviews"')
    if not isinstance(base, str) or not base:
        raise ConfigError(f"archives.{name} in {path} needs a base: a URL or a folder")
    if not isinstance(collectors, list) or not all(isinstance(each, str) for each in collectors):
        raise ConfigError(f"collectors of archives.{name} in {path} must be a list of names")
    if name != layout and not collectors:
        raise ConfigError(f"archives.{name} in {path} needs collectors, or nobody knows what to ask it for")
    return ArchiveSetting(name, cast(Literal["ris", "routeviews"], layout), base, tuple(collectors))


def _tables(path: Path) -> dict[str, Any]:
    try:
        tables = tomllib.loads(read_named(path, _MOST_BYTES).decode())
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not TOML: {error}") from None
    for name in tables:
        _check(name, ["thresholds", "archives", "broker"], f"table in {path}")
    return tables


def _check(name: str, known: list[str], what: str) -> None:
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"; did you mean {near[0]}?" if near else f"; known: {', '.join(known)}"
        raise ConfigError(f"unknown {what}: {name}{hint}")
