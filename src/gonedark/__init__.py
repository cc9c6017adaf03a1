"""gonedark: which country went dark, when, how, what it hung on, and what nobody can know from here.

Begin with :func:`gonedark.report` (a country and a window in, a report out), :func:`gonedark.elements` (the rows of an
MRT file) or :func:`gonedark.batches` (the same as columns). The rooms of the package and the one direction in which
they may use each other are drawn in ``docs/architecture.md``.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gonedark.api import batches, elements, report

__version__ = "0.1.0"
__all__ = ["__version__", "batches", "elements", "report"]


def __getattr__(name: str) -> Any:
    """Load the public functions when they are first asked for, so that ``import gonedark`` stays quick."""
    if name in __all__:
        return getattr(import_module("gonedark.api"), name)
    raise AttributeError(f"module 'gonedark' has no attribute {name!r}")
