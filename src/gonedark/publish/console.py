"""What the pieces of a text look like on a terminal: titles, paragraphs, pairs and tables, 100 columns wide.

Begin with :func:`plain`, which turns such pieces into bytes. Not for words.
"""

import io
from collections.abc import Iterable

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from gonedark.publish.tables import Grid, Pairs
from gonedark.publish.words import count

WIDTH = 100
MOST_ROWS = 40


def plain(parts: Iterable[RenderableType]) -> bytes:
    """The pieces as UTF-8 text without control codes but line feeds."""
    lines = io.StringIO()
    console = Console(file=lines, width=WIDTH, color_system=None, force_terminal=False, legacy_windows=False)
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


def grid(rows: Grid) -> RenderableType:
    """A table, its first rows."""
    chosen = [at for at, head in enumerate(rows.heads) if head not in rows.wide]
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="underline")
    for at in chosen:
        head = rows.heads[at]
        table.add_column(
            Text(head),
            justify="right" if head in rows.numeric else "left",
            no_wrap="UTC" in head or head == "Length",
            overflow="fold",
        )
    for row in rows.rows[:MOST_ROWS]:
        table.add_row(*(Text(row[at]) for at in chosen))
    parts: list[RenderableType] = [table]
    if len(rows.rows) > MOST_ROWS:
        parts.append(Text(f"and {count(len(rows.rows) - MOST_ROWS, 'row')} more, in the JSON report"))
    return Padding(Group(*parts), (0, 0, 0, 2))
