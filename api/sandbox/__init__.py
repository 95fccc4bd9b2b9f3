"""The sandbox: a day of two hospitals and three pharmacies, with keys made on first use."""
