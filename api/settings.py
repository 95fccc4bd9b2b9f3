"""What an operator may set, with unit, default and reason. Nothing else changes the server's ways."""

from __future__ import annotations

from dataclasses import dataclass

KIB = 1024


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one server. Only `public_url` and `sandbox` differ between installations.

    `public_url` is the address that clients sign their token requests for: whoever can make clients
    use another one can collect their assertions, but cannot use them here.
    `sandbox` allows anybody on this machine to move the clock; never set it for a real ledger.
    """

    public_url: str
    sandbox: bool = False
    # Sizes of security reference 5.2: a submission, a batch, a line of it; a request's head.
    body_bytes_max: int = 256 * KIB
    batch_bytes_max: int = 8 * KIB * KIB
    # More than any 8 MiB of signed statements have. An answer line is longer than an empty line by hundreds
    # of bytes: without this, 8 MiB of line ends would ask for gigabytes.
    batch_lines_max: int = 10_000
    lookup_bytes_max: int = 16 * KIB
    header_bytes_max: int = 16 * KIB
    header_fields_max: int = 64
    # A client that is slower than this holds a connection that others need.
    header_timeout_s: float = 10.0
    body_timeout_s: float = 15.0
    idle_timeout_s: int = 5
    # Interface 3: both lifetimes are promises; the third bounds our memory.
    token_lifetime_s: int = 300
    assertion_lifetime_s_max: int = 300
    tokens_max: int = 100_000
    # How many submissions of a batch are committed together: what the writer takes at once.
    batch_unit: int = 500
    # How often what was signed is published and cosigned: the age of evidence that others can see.
    publish_interval_s: float = 1.0
    # A desk mistypes a number now and then; a program that guesses ids asks far more often.
    unknown_reads_per_minute_max: int = 120
    # Patients ask about the pack in their hand; a program that walks through codes asks for all of them.
    public_packs_per_minute_max: int = 600
    # The same for prescriptions, counted apart: who walks through one of the two does not close the other.
    public_prescriptions_per_minute_max: int = 600

    @property
    def token_address(self) -> str:
        """The audience of token requests."""
        return f"{self.public_url}/token"

    def catalogue_address(self, code: str) -> str:
        """Return the address that explains a code."""
        return f"{self.public_url}/errors/{code}"
