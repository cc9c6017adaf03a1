"""Settings from a TOML file: thresholds that the user wants otherwise.

Begin with :func:`read_thresholds`. Unknown keys are errors that name the nearest known one.
"""

import dataclasses
import difflib
import tomllib
from pathlib import Path

from gonedark.model.thresholds import Thresholds


class ConfigError(ValueError):
    """A settings file that cannot be used; the message is one clear line."""


def read_thresholds(path: Path) -> Thresholds:
    """The thresholds of the file's ``[thresholds]`` table, the others as they are. Raises ConfigError."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not TOML: {error}") from None
    for name in tables:
        _check(name, ["thresholds"], f"table in {path}")
    wanted = tables.get("thresholds", {})
    if not isinstance(wanted, dict):
        raise ConfigError(f"thresholds in {path} must be a table: [thresholds]")
    kinds = {item.name: type(item.default) for item in dataclasses.fields(Thresholds)}
    for name, value in wanted.items():
        _check(name, list(kinds), f"threshold in {path}")
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
            raise ConfigError(f"{name} in {path} must be a number, 0 or more")
        if kinds[name] is int and not isinstance(value, int):
            raise ConfigError(f"{name} in {path} must be a whole number")
        if name.endswith("_step_us") and value == 0:
            raise ConfigError(f"{name} in {path} must be more than 0")
    return dataclasses.replace(Thresholds(), **wanted)


def _check(name: str, known: list[str], what: str) -> None:
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"; did you mean {near[0]}?" if near else f"; known: {', '.join(known)}"
        raise ConfigError(f"unknown {what}: {name}{hint}")
