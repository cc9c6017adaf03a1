"""The templates of the pages, and what all pages share: head, style in light and dark, tables and pairs.

Begin with :func:`filled`. ``base.html`` is every page's frame, ``parts.html`` its tables. What came from outside is
escaped here. Not for words, which are handed in.
"""

from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from gonedark.publish import flow, palette


def filled(name: str, **words: object) -> bytes:
    """The page of that template as UTF-8 HTML. ``title`` and ``sentence`` are wanted by its head."""
    page = _environment().get_template(name)
    return page.render(style=Markup(_style()), **words).encode("utf-8", "replace")


@cache
def _style() -> str:
    dark = f"{palette.dark_rules()}\n{flow.dark_rules()}"
    return f"{_asset('page.css')}@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}\n"


@cache
def _environment() -> Environment:
    loader = FunctionLoader(_asset)
    return Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, loader=loader)


def _asset(name: str) -> str:
    return files("gonedark.publish").joinpath(name).read_text("utf-8")
