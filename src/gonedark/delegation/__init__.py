"""Whose resources they are: RIR delegation files, embedded snapshots, names of countries and networks."""
