"""Cosignatures of witnesses: which are asked, how, what is kept, and how a log goes on from them."""
