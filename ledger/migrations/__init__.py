"""Numbered changes of the store's tables, run by `ledger.store` at start inside one transaction."""
