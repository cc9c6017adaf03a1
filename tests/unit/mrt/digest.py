"""Everything the decoder says about files, as one hash a file: run by test_either_way, compiled and not."""

import hashlib
import sys
from pathlib import Path

from gonedark.mrt.frame_loop import COMPILED
from gonedark.mrt.lines import LineWriter
from gonedark.mrt.reader import MrtReader


def digest(path: Path) -> str:
    reader = MrtReader(path, everything=True, attributes=True, batch_rows=1000)
    writer, told = LineWriter(), hashlib.sha256()
    for batch in reader:
        told.update("\n".join(writer.lines(batch)).encode())
        for column in (batch.peer, batch.prefix, batch.path, batch.flags):
            told.update(column.tobytes())
    told.update(repr(reader.summary).encode())
    return told.hexdigest()


if __name__ == "__main__":
    print("compiled" if COMPILED else "pure")
    for name in sys.argv[1:]:
        print(digest(Path(name)))
