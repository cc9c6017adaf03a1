"""The same work on one process, on several, or on a Dask cluster."""
