"""The form of a statement and its proof of origin: bytes in, facts out. Nothing here decides.

`submission.parse` reads a body, `authenticate.authenticate` turns it into `contracts.facts.Facts`.
This package imports nothing on its own, because `contracts.types` needs `schema` alone.
"""
