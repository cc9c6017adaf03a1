"""Reads files of claims (TOML) and says in one line what is wrong with one.

Begin with :func:`parse`. The format is described in ``docs/claims.md``. Nothing is read out of prose: a person writes
down who said what, and what exactly that claims.
"""

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from gonedark.cause.claims.kinds import KINDS, Field
from gonedark.cause.context import moment_us
from gonedark.delegation.names import find_country
from gonedark.model.claim import Claim

FORMAT = "gonedark.claims/1"
MOST_CLAIMS = 10_000
_COMMON = ("id", "speaker", "said_at", "source", "words", "kind", "denied", "about")
_SOURCE = ("id", "title", "publication", "date", "url")


def parse(text: str, name: str = "claims") -> tuple[Claim, ...]:
    """The claims of a file. Raises ValueError with one line for people: where, what, and what to write."""
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{name} is not TOML: {error}") from None
    try:
        return _claims(tree)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _claims(tree: Mapping[str, Any]) -> tuple[Claim, ...]:
    _known(tree, ("format", "title", "source", "claim"), "the file")
    if tree.get("format") != FORMAT:
        raise ValueError(f'the first line must be format = "{FORMAT}"')
    rows = _tables(tree, "claim")
    if len(rows) > MOST_CLAIMS:
        raise ValueError(f"more than {MOST_CLAIMS:,} claims")
    sources = dict(_source(row, number) for number, row in enumerate(_tables(tree, "source"), 1))
    claims = tuple(_claim(row, f"claim {number}", sources) for number, row in enumerate(rows, 1))
    seen: set[str] = set()
    for claim in claims:
        if claim.id in seen:
            raise ValueError(f"two claims have the id {claim.id!r}")
        seen.add(claim.id)
    return claims


def _tables(tree: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    rows = tree.get(key, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError(f"{key} must be tables, written [[{key}]]")
    return rows


def _source(row: Mapping[str, Any], number: int) -> tuple[str, tuple[str, object]]:
    where = f"source {number}"
    _known(row, _SOURCE, where)
    words = [str(row[key]) for key in ("publication", "date", "title", "url") if key in row]
    return _text(row, "id", where), (", ".join(words), row.get("date"))


def _claim(row: Mapping[str, Any], where: str, sources: Mapping[str, tuple[str, object]]) -> Claim:
    kind = _text(row, "kind", where)
    if kind not in KINDS:
        raise ValueError(f"{where} is of the unknown kind {kind!r}{_nearest(kind, KINDS)}")
    fields = KINDS[kind].fields
    _known(row, (*_COMMON, *fields), where)
    source = _text(row, "source", where)
    if source not in sources:
        raise ValueError(f"{where} is from {source!r}, which is no source of this file{_nearest(source, sources)}")
    words, dated = sources[source]
    said_at = row.get("said_at", dated)
    states = {key: _value(row[key], field, f"{where} {key}") for key, field in fields.items() if key in row}
    for key, field in fields.items():
        if field.required and key not in row:
            raise ValueError(f"{where} of kind {kind!r} must say {key} = {field.example}")
    if KINDS[kind].one_of and not any(key in row for key in KINDS[kind].one_of):
        wanted = " or ".join(f"{key} = {fields[key].example}" for key in KINDS[kind].one_of)
        raise ValueError(f"{where} of kind {kind!r} must say {wanted}")
    if "about" in row:
        states["about"] = _moment(row["about"], f"{where} about")
    return Claim(
        id=_text(row, "id", where),
        speaker=_text(row, "speaker", where),
        said_at_us=None if said_at is None else _moment(said_at, f"{where} said_at"),
        source=words,
        text=_text(row, "words", where),
        kind=kind,
        states=states,
        denied=_flag(row.get("denied", False), f"{where} denied"),
    )


def _value(value: object, field: Field, where: str) -> object:
    """A field's value in its own type; times become microseconds UTC."""
    if field.type == "time":
        return _moment(value, where)
    if field.type == "date":
        return _date(value, where)
    if field.type == "number":
        return _number(value, where)
    if field.type == "share":
        return _share(value, where)
    if field.type == "country":
        return _country(value, where)
    if field.type == "flag":
        return _flag(value, where)
    if field.type == "text":
        return _chosen(value, field, where)
    if not isinstance(value, list) or not value:
        raise ValueError(f"{where} must be a list such as {field.example}")
    if field.type == "numbers":
        return tuple(int(_number(item, where)) for item in value)
    return tuple(_chosen(item, field, where) for item in value)


def _chosen(value: object, field: Field, where: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{where} must be text such as {field.example}")
    if field.choices and value not in field.choices:
        raise ValueError(f"{where} cannot be {value!r}{_nearest(value, field.choices)}")
    return value


def _number(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e18:
        raise ValueError(f"{where} must be a number, 0 or more")
    return value


def _share(value: object, where: str) -> float:
    share = _number(value, where)
    if share > 1:
        raise ValueError(f"{where} must be a share from 0 to 1, such as 0.1 for 10 %")
    return share


def _date(value: object, where: str) -> str:
    """A date as TOML writes it, with or without quotes; a time is none."""
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise ValueError(f"{where} must be a date such as 2014-12-23") from None


def _country(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{where} must be a country such as CN")
    try:
        return find_country(value).code
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None


def _flag(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{where} must be true or false")
    return value


def _moment(value: object, where: str) -> int:
    try:
        return moment_us(value)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None


def _text(row: Mapping[str, Any], key: str, where: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f'{where} must say {key} = "…"')
    return value


def _known(row: Mapping[str, Any], keys: Iterable[str], where: str) -> None:
    known = tuple(keys)
    for key in row:
        if key not in known:
            raise ValueError(f"{where} has an unknown key {key!r}{_nearest(key, known)}")


def _nearest(word: str, known: Iterable[str]) -> str:
    names = list(known)
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else f"; known are {', '.join(sorted(names))}"
