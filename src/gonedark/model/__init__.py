"""The field's words as frozen values: time, prefix, attribution, thresholds, report.

Every other room may use this one; it uses none.
"""
