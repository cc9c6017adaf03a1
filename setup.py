"""Build hook: compiles the hot loops with Cython where a C compiler is found, and installs without them where not.

The modules named here are ordinary Python files in Cython's pure-Python syntax. When compiling fails, setuptools
prints a warning, the `.py` files are used as they are, and `gonedark` says once that it runs slowly.
"""

import os
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup

SOURCE = Path("src")
COMPILED = sorted(str(path) for path in SOURCE.glob("gonedark/**/*_loop.py"))


def extensions() -> list[Extension]:
    """The compiled loops, each optional: a missing compiler leaves the pure-Python module in its place."""
    if os.environ.get("GONEDARK_PURE"):
        return []
    modules = [
        Extension(
            str(Path(path).relative_to(SOURCE).with_suffix("")).replace(os.sep, "."),
            [path],
            optional=True,
            extra_compile_args=["-O3"],
        )
        for path in COMPILED
    ]
    return cythonize(
        modules, compiler_directives={"language_level": "3", "boundscheck": True}, build_dir="build/cython"
    )


setup(ext_modules=extensions())
