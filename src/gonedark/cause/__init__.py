"""Competing causes with their evidence, where the routes died, and claims set beside what was measured.

Begin with :func:`gonedark.cause.explain.causes` (from studies to a :class:`~gonedark.model.cause.Cause`) and
:func:`gonedark.cause.claims.check.check`. Never names who or why: routing data do not speak to either.
"""
