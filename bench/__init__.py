"""`make bench`: what the server and the verifier reach on the machine at hand."""
