"""The `rx` command."""
