"""Where two documents differ, as JSON pointers with both values. Begin with :func:`differences`."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_MOST_LETTERS = 80


@dataclass(frozen=True, slots=True)
class Difference:
    """A place with what stands there in the bundle and what was recomputed (None: nothing stands there)."""

    pointer: str
    bundled: str | None
    recomputed: str | None


def differences(bundled: Any, recomputed: Any, pointer: str = "") -> Iterator[Difference]:
    """All places where the two differ, the smallest parts of them."""
    if isinstance(bundled, dict) and isinstance(recomputed, dict):
        for key in dict.fromkeys([*bundled, *recomputed]):
            yield from _at(bundled.get(key, _NOTHING), recomputed.get(key, _NOTHING), f"{pointer}/{key}")
    elif isinstance(bundled, list) and isinstance(recomputed, list):
        for index in range(max(len(bundled), len(recomputed))):
            left = bundled[index] if index < len(bundled) else _NOTHING
            right = recomputed[index] if index < len(recomputed) else _NOTHING
            yield from _at(left, right, f"{pointer}/{index}")
    elif bundled != recomputed or type(bundled) is not type(recomputed):
        yield Difference(pointer, _short(bundled), _short(recomputed))


class _Nothing:
    """Stands for a place that is not there."""


_NOTHING = _Nothing()


def _at(left: Any, right: Any, pointer: str) -> Iterator[Difference]:
    if left is _NOTHING or right is _NOTHING:
        yield Difference(
            pointer, None if left is _NOTHING else _short(left), None if right is _NOTHING else _short(right)
        )
    else:
        yield from differences(left, right, pointer)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _MOST_LETTERS else text[: _MOST_LETTERS - 1] + "…"
