"""Where bytes come from: files and folders of MRT, sorted out by content."""
