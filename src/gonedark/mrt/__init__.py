"""Bytes to columnar batches of route elements: MRT framing, BGP messages, table dumps; findings and gaps."""
