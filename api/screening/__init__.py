"""Screening over history: columns in, findings out, off the write path. See COLUMNS.md and README.md."""
