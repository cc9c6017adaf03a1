"""Build hook: compiles the hot loops with Cython where a C compiler is found, and installs without them where not.

The modules named here are ordinary Python files in Cython's pure-Python syntax. Without a working compiler they are
used as they are, and ``gonedark`` says once that it runs slowly. ``GONEDARK_BUILD=pure`` asks for that,
``GONEDARK_BUILD=compiled`` makes a failing compiler an error, as a release needs it, and ``GONEDARK_BUILD=sanitized``
compiles the decoder's loops alone, with AddressSanitizer, for the fuzzer.
"""

import os
import sys
import tempfile
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Distribution, Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.errors import BaseError, CCompilerError

SOURCE = Path("src")
LOOPS = sorted(SOURCE.glob("gonedark/**/*_loop.py"))
OPTIMISE = [] if sys.platform == "win32" else ["-O3", "-g0"]
SANITISE = ["-fsanitize=address"]


def build_failure() -> str | None:
    """Why an extension cannot be built here, found by building an empty one; None where it can.

    Asked beforehand, so that a wheel without compiled loops is tagged as the pure wheel it is.
    """
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "probe.c")
        source.write_text("#include <Python.h>\nPyMODINIT_FUNC PyInit_probe(void) { return NULL; }\n", encoding="utf-8")
        command = build_ext(Distribution({"ext_modules": [Extension("probe", [str(source)])]}))
        command.build_lib = command.build_temp = folder
        try:
            command.ensure_finalized()
            command.run()
        except (BaseError, CCompilerError, OSError) as error:
            return str(error)
    return None


def extensions() -> list[Extension]:
    """The compiled loops, or none."""
    wanted = os.environ.get("GONEDARK_BUILD", "")
    if wanted == "pure":
        return []
    failure = build_failure()
    if failure and wanted in ("compiled", "sanitized"):
        sys.exit(f"GONEDARK_BUILD={wanted}, but nothing can be compiled here: {failure}")
    if failure:
        print(f"warning: gonedark is installed uncompiled and will be slow: {failure}", file=sys.stderr)
        return []
    sanitised = wanted == "sanitized"
    modules = [
        Extension(
            ".".join(path.relative_to(SOURCE).with_suffix("").parts),
            [str(path)],
            optional=wanted not in ("compiled", "sanitized"),
            extra_compile_args=[*SANITISE, "-O0", "-g1"] if sanitised else OPTIMISE,
            extra_link_args=SANITISE if sanitised else [],
        )
        for path in LOOPS
        if not sanitised or path.parent.name == "mrt"
    ]
    # Bounds checks stay on: bytes from outside are hostile, and the hints that they cost time are not news. The few
    # functions without them say which check before covers all that they touch.
    directives = {"language_level": "3", "boundscheck": True, "show_performance_hints": False}
    return cythonize(modules, compiler_directives=directives, build_dir="build/cython")


setup(ext_modules=extensions(), options={"build_ext": {"parallel": os.cpu_count() or 1}})
