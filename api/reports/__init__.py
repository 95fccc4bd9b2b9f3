"""Reports over a log: read from what was exported; each names the entries that it rests on."""
