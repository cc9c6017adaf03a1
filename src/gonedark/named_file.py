"""Files that a user names, opened for reading: settings, claims, delegations, tables.

Begin with :func:`open_named` and :func:`read_named`. Not for the program's own files, and not for what is in them.
"""

import errno
from io import BufferedReader
from pathlib import Path

NOT_A_FILE = "is not a file that can be read twice; write the data to a file first"


def open_named(path: Path) -> BufferedReader:
    """The file, to be read from its begin. Raises OSError, at once for a pipe or a device.

    Opening a pipe that nobody writes to waits for ever, and most files are looked at before they are read.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        raise OSError(errno.ESPIPE, f"it {NOT_A_FILE}", str(path))
    return path.open("rb")


def read_named(path: Path, most_bytes: int) -> bytes:
    """All of a file that ought to be small. Raises OSError, also where it is larger."""
    with open_named(path) as stream:
        data = stream.read(most_bytes + 1)
    if len(data) > most_bytes:
        raise OSError(errno.EFBIG, f"it is larger than {most_bytes:,} bytes; is it the right file?", str(path))
    return data
