"""What the pieces of a text look like on a terminal: titles, paragraphs, pairs and tables, 100 columns wide or fewer.

Begin with :func:`plain`, which turns such pieces into bytes. Not for words.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, Group, JustifyMethod, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from gonedark.publish.grid import Grid, Pairs
from gonedark.publish.words import clean, count

WIDTH = 100
LEAST_WIDTH = 80
"""Narrower terminals break the lines themselves."""
MOST_ROWS = 40
_INDENT = 2
_GAP = 2
_WORD_COLUMNS = 16
"""Longer words than that may be broken."""


def plain(parts: Iterable[RenderableType], width: int = WIDTH) -> bytes:
    """The pieces as UTF-8 text without control codes but line feeds."""
    lines = io.StringIO()
    console = Console(file=lines, width=width, color_system=None, force_terminal=False, legacy_windows=False)
    console.print(Group(*parts))
    text = "\n".join(line.rstrip() for line in lines.getvalue().splitlines())
    return (text.strip("\n") + "\n").encode()


def heading(title: str) -> Text:
    """A title with an empty line before it."""
    return Text(f"\n{title}", style="bold")


def titled(title: str, body: RenderableType, wanted: bool) -> Iterable[RenderableType]:
    """A titled part, or nothing."""
    return (heading(title), body) if wanted else ()


def paragraph(text: str) -> RenderableType:
    """A paragraph with a dash and a hanging indent."""
    table = Table.grid(padding=(0, 1))
    table.add_row(Text("-"), Text(text))
    return table


def pairs(rows: Pairs) -> RenderableType:
    """Names with what is said of each."""
    table = Table.grid(padding=(0, 2))
    for name, value in rows:
        table.add_row(Text(name, no_wrap=True), Text(value))
    return Padding(table, (0, 0, 0, 2))


def digest(sha256: str, name: str) -> RenderableType:
    """A file's hash as ``sha256sum`` prints it; a long name stands in a line of its own, so that both stay whole."""
    return _Digest(clean(sha256, 64), clean(name, 80))


def grid(rows: Grid) -> RenderableType:
    """A table, its first rows."""
    parts: list[RenderableType] = [_Rows(rows)]
    if len(rows.rows) > MOST_ROWS:
        parts.append(Text(f"and {count(len(rows.rows) - MOST_ROWS, 'row')} more, in the JSON report"))
    return Padding(Group(*parts), (0, 0, 0, _INDENT))


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows in the width that there is: where that is small, a time stands below its day, and an id in two lines."""

    grid: Grid

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        grid = self.grid
        shown = [at for at, head in enumerate(grid.heads) if head not in grid.wide]
        columns = [_Column(grid.heads[at], [row[at] for row in grid.rows[:MOST_ROWS]], broken=False) for at in shown]
        if sum(column.least for column in columns) + _GAP * (len(columns) - 1) > options.max_width:
            columns = [_Column(column.head, column.cells, broken=True) for column in columns]
        table = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="underline")
        for column in columns:
            justify: JustifyMethod = "right" if column.head in grid.numeric else "left"
            whole, least = column.is_whole, column.least
            table.add_column(Text(column.head), justify=justify, no_wrap=whole, min_width=least, overflow="fold")
        for cells in zip(*(column.cells for column in columns), strict=True):
            table.add_row(*map(Text, cells))
        yield table


class _Column:
    """A column, and how narrow it may become: ids and times stay whole as long as there is room."""

    def __init__(self, head: str, cells: Sequence[str], *, broken: bool) -> None:
        is_id = "utage" in head
        self.head = head
        self.is_whole = is_id or head == "Length" or ("UTC" in head and not broken)
        self.cells = [_two_lines(cell) for cell in cells] if broken and is_id else cells
        pieces = (piece for text in (head, *self.cells) for piece in self._pieces(text))
        self.least = max(map(len, pieces), default=1)

    def _pieces(self, text: str) -> list[str]:
        return text.splitlines() if self.is_whole else [word[:_WORD_COLUMNS] for word in text.split()]


def _two_lines(name: str) -> str:
    """An outage's id, its time in a line of its own."""
    return "-\n".join(name.rsplit("-", 1))


@dataclass(frozen=True, slots=True)
class _Digest:
    sha256: str
    name: str

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        line = f"{self.sha256}  {self.name}"
        yield Text(line if len(line) <= options.max_width else f"{self.sha256}\n    {self.name}", overflow="fold")
