"""The embedded ledger: one writer, one log, three SQLite files. See DESIGN.md in this folder."""
