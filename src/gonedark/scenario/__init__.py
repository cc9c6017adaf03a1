"""An outage told by its documented facts, rebuilt as MRT archives for demonstration, teaching and tests."""
