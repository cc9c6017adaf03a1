"""Whether the hot loops were compiled when gonedark was installed, and the one warning where they were not.

Begin with :func:`warn_if_slow`. Results are the same either way.
"""

import logging
from functools import cache

from gonedark.mrt.frame_loop import COMPILED


@cache
def warn_if_slow() -> None:
    """Say once in a process that reading is slow, and what helps; on standard error unless logging is set up."""
    if not COMPILED:
        logging.getLogger("gonedark").warning(
            "gonedark: reading will be slow, as no C compiler was found at installation; "
            "with one, pip install --force-reinstall --no-cache-dir gonedark makes it fast"
        )
