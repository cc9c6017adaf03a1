"""Progress of long work on standard error, quiet where nobody looks.

Begin with :func:`watched`. Not for results.
"""

# ruff: noqa: PLC0415
# Rich is imported where there is a terminal to draw on, so that `gonedark --help` answers at once.

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def watched(*, quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """Gives a function (what, done, total). A bar on a terminal, nothing elsewhere or when asked to be quiet."""
    if quiet or not sys.stderr.isatty():
        yield lambda _what, _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("looking", total=None)

        def show(what: str, done: int, total: int) -> None:
            bar.update(task, description=what[:60], completed=done, total=total)

        yield show
