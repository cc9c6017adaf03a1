"""What people said about an outage, and what the data say to it.

Begin with :func:`gonedark.cause.claims.reading.parse` and :func:`gonedark.cause.claims.check.check`.
"""
