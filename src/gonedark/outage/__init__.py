"""Phases and outages, found in the visible series."""
