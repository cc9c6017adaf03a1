"""Evidence bundles: a report with everything it was made from, so that anybody can make it again and compare.

Begin with :func:`gonedark.bundle.writing.write_bundle` and :func:`gonedark.bundle.verifying.verify`. A bundle is a
folder or a zip file with a ``manifest.json``; ``docs/bundles.md`` describes it. Not for judging anything.
"""
