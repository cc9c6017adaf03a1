"""Which peer sees which prefix over which path, since when; peer states; full feeds; coverage."""
