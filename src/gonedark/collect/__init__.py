"""From MRT files to what each collector saw, in shards that any engine may work on. Begin with ``collecting``."""
