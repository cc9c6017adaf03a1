"""``python -m gonedark``: the command line without an installed script."""

from gonedark.cli import main

main()
