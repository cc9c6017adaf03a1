"""The table seen as a country: which national prefixes are visible, and how many addresses that makes."""
