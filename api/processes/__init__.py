"""Admission in processes of its own, beside the process that owns the ledger (README.md here)."""
