"""What an institution runs on its side: signing, authenticators, the HTTP client, the outbox."""
