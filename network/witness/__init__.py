"""A C2SP tlog-witness: cosigns the checkpoints of logs that only grow, and never two histories of one log.

A cosignature says: at this time this was the largest consistent tree that this witness had seen of this log.
It says nothing about what the entries contain.
"""
