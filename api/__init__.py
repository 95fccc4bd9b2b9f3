"""The HTTP side of the ledger: server, commands, client, adapters for national messages."""
