"""`python -m verifier` and the one-file build run the `rx-verify` command."""

from verifier.command import run

if __name__ == "__main__":
    run()
