"""The independent verifier: offline, read-only, with its own parser, signature and proof checks.

It shares no code with the writer and trusts nothing but the reader's trust file.
"""
