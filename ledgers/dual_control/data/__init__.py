"""Rule sets that come with the dual-control book."""
