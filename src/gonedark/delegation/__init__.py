"""Whose resources they are: RIR delegation files, embedded snapshots, names of countries and networks.

Begin with :func:`gonedark.delegation.registry.load_registry` and, for what a user typed,
:func:`gonedark.delegation.names.find_country`. Not for routes: who announces a prefix does not change whose it is.
"""
