"""gonedark: which country went dark, when, how, what it hung on, and what nobody can know from here.

Begin with :func:`gonedark.report` (a country and a window in, a report out), :func:`gonedark.elements` (the rows of an
MRT file) or :func:`gonedark.batches` (the same as columns). The rooms of the package and the one direction in which
they may use each other are drawn in ``docs/architecture.md``.
"""

__version__ = "0.1.0"
