"""A region's drug table and a hospital's mapping onto it, from CSV, checked before they are used (S46)."""
