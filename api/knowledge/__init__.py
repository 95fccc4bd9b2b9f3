"""A drug table, a mapping onto it, a list of diagnoses, from CSV: checked before they are used (S44, S46)."""
