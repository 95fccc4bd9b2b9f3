"""What organisations other than the log's operator run; never imports `ledger`, so as to share no bug."""
