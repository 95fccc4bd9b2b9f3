"""Ground truth: a seeded year of a province that does not exist, with labelled cases and look-alikes.

Nothing here imports a rule, an effect or a parameter of the contracts: what is right and wrong is said a
second time, by hand, so that `rx evaluate` compares two independent opinions.
"""
