"""Examples under a command's ``--help``, all in one form.

Begin with :func:`examples`.
"""


def examples(*lines: str) -> str:
    """Commands to copy, one a line, as the ``epilog`` of a command; they are not joined into a paragraph."""
    return "\b\n" + "\n  ".join(("Examples:", *lines))
