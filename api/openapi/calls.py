"""Every HTTP call as a row: what goes in and comes out, with an example of each, and what refuses it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from api.openapi import examples, patient_examples
from contracts.codes import CODES
from contracts.rules import RULES

JSON, NDJSON, FORM_MEDIA, TEXT, HTML, BYTES = (
    "application/json",
    "application/x-ndjson",
    "application/x-www-form-urlencoded",
    "text/plain",
    "text/html",
    "application/octet-stream",
)
# Whatever is asked, the edge may refuse it before anybody reads it.
EDGE = ("HTTP_BAD_REQUEST", "HEADERS_TOO_LARGE", "REQUEST_TIMEOUT", "METHOD_NOT_ALLOWED")
OF_QUERY = ("QUERY_INVALID", "QUERY_DUPLICATE_PARAM")
_BODY = ("BODY_TOO_LARGE", "ENCODING_UNSUPPORTED", "MEDIA_TYPE_UNSUPPORTED", "REQUEST_TIMEOUT")
_STARTS_OF_FORM = ("JSON_", "B64_", "SCHEMA_", "SIG_", "KEY_", "CERT_", "HUM_", "COMMIT_", "PII_", "TIME_")
_OF_FORM = (
    "SIGNERS_MISMATCH",
    "QTY_FORMAT",
    "QTY_PRECISION",
    "FIELD_FORBIDDEN",
)
FORM = tuple(
    code
    for code, row in CODES.items()
    if (code.startswith(_STARTS_OF_FORM) or code in _OF_FORM) and row.status >= 400
)
_OF_HOST = {"LOG_KEY_MISSING"}
VERDICTS = tuple(sorted({rule.code for rule in RULES if CODES[rule.code].status >= 400} | _OF_HOST))
FAULTS = tuple(code for code, row in CODES.items() if row.status == 503)
_PARSED = tuple(code for code in FORM if code.startswith(("JSON_", "SCHEMA_")))
_ASKED = ("AUTH_REQUIRED", "RATE_LIMITED", *FAULTS)
_LOOKUP = (*_BODY, *_PARSED, *_ASKED)
_SUBMISSION = (*_BODY, *FORM, "AUTH_REQUIRED", "TENANT_MISMATCH", *FAULTS)


@dataclass(frozen=True, slots=True)
class Content:
    """A body: its media type, the schema that holds it, and an example (None for bytes)."""

    media: str
    schema: str
    example: object


Answer = tuple[str, tuple[Content, ...]]


@dataclass(frozen=True, slots=True)
class Call:
    """`answers` maps a status to what it means and the forms it comes in; `refusals` are beside the edge's.

    `parameters` are those of the path, `query` those behind it that may be left out; each with examples.
    """

    method: str
    path: str
    summary: str
    answers: Mapping[str, Answer]
    refusals: tuple[str, ...] = ()
    body: Content | None = None
    parameters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    query: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    public: bool = False  # without token
    public_in_part: bool = False  # some of it without token
    statuses: Mapping[str, int] | None = None  # where a code answers with another status than its own


def _ok(
    meaning: str, schema: str, example: object, media: str = JSON, *others: Content
) -> Mapping[str, Answer]:
    return {"200": (meaning, (Content(media, schema, example), *others))}


def _oauth(meaning: str) -> Answer:
    return meaning, (Content(JSON, "OAuthError", examples.OAUTH_ERROR),)


_SIGNED_STEPS = Content(JSON, "SignedSteps", patient_examples.SIGNED_STEPS)
_PAGE = Content(HTML, "Text", examples.PAGE)
_ACCEPTED = Content(JSON, "Accepted", examples.ACCEPTED)
CALLS: tuple[Call, ...] = (
    Call(
        "post",
        "/v1/statements",
        "Submit a signed statement",
        {"201": ("Accepted or held", (_ACCEPTED,)), "200": ("The committed payload again", (_ACCEPTED,))},
        (*_SUBMISSION, *VERDICTS),
        Content(JSON, "Submission", examples.SUBMISSION),
    ),
    Call(
        "post",
        "/v1/statements:batch",
        "Submit many statements, one a line",
        _ok("A line for each line: what it alone would get", "BatchAnswer", examples.BATCH_ANSWER, NDJSON),
        (*_BODY, "AUTH_REQUIRED", "JSON_EMPTY", *FAULTS),
        Content(NDJSON, "Batch", examples.BATCH),
    ),
    Call(
        "post",
        "/v1/checks",
        "Ask beforehand what a submission would get, an issue also what its sale will meet",
        _ok("The verdict, and for how long each drug lasts", "Check", examples.CHECK),
        _SUBMISSION,
        Content(JSON, "Submission", examples.UNSIGNED),
    ),
    Call(
        "post",
        "/v1/prescriptions:lookup",
        "The rx of a national or hospital number",
        _ok("What was found", "PrescriptionLookup", {"rx": examples.ID}),
        (*_LOOKUP, "RX_NOT_FOUND"),
        Content(JSON, "PrescriptionLookupRequest", {"hiRxno": "990000202603020001"}),
    ),
    Call(
        "post",
        "/v1/chains:lookup",
        "Ids and leaves of a consultation, or of a pharmacist's last duty entry",
        _ok("What was found", "ChainLookup", examples.CHAIN),
        (*_LOOKUP, "NOT_FOUND"),
        Content(JSON, "ChainLookupRequest", {"mdtrtId": "990000MZ0001"}),
    ),
    Call(
        "post",
        "/v1/trace-codes:lookup",
        "Whether packs were sold: never, once, or more than once",
        _ok("What was found", "TraceCodeLookup", examples.PACKS),
        (*_LOOKUP, "TRACE_FORMAT", "FIELD_FORBIDDEN"),
        Content(JSON, "TraceCodeLookupRequest", {"codes": ["81234567000000000001"]}),
    ),
    Call(
        "get",
        "/v1/prescriptions/{rx}",
        "State, lines and history of a prescription; `access` (an access.read statement) lifts the mask",
        _ok("The prescription", "Prescription", examples.PRESCRIPTION),
        (*_ASKED, "RX_NOT_FOUND", "FIELD_FORBIDDEN"),
        parameters={"rx": (examples.ID,)},
        query={"access": (examples.ID,)},
    ),
    Call(
        "get",
        "/v1/receipts/{statement_id}",
        "The newest tlog-proof of a statement",
        _ok("A C2SP tlog-proof", "Text", examples.RECEIPT, TEXT),
        ("NOT_FOUND", *FAULTS),
        parameters={"statement_id": (examples.ID,)},
        public=True,
    ),
    Call(
        "get",
        "/v1/standing/{code}",
        "Grade, points, freezes and tickets of an institution or a registered person",
        _ok("The public standing", "Standing", examples.STANDING),
        ("NOT_FOUND", *FAULTS),
        parameters={"code": ("P99000000001",)},
        public=True,
    ),
    Call(
        "get",
        "/v1/campaigns/{statement_id}",
        "Stages and cases of a campaign",
        _ok("Its progress", "Campaign", examples.CAMPAIGN),
        ("NOT_FOUND", *FAULTS),
        parameters={"statement_id": (examples.ID,)},
        public=True,
    ),
    Call(
        "post",
        "/token",
        "A token for a client assertion (RFC 7523)",
        {
            **_ok("A token", "Token", examples.TOKEN),
            "400": _oauth("RFC 6749 error"),
            "401": _oauth("The assertion does not hold"),
            "408": _oauth("The body did not come in time"),
            "413": _oauth("The body is too large"),
            "415": _oauth("The body is no form"),
            "503": _oauth("Ask again later"),
        },
        body=Content(FORM_MEDIA, "TokenRequest", examples.TOKEN_REQUEST),
        public=True,
    ),
    Call(
        "get",
        "/log/checkpoint",
        "The newest published checkpoint (C2SP tlog-tiles)",
        _ok("A signed note", "Text", examples.CHECKPOINT, TEXT),
        ("NOT_FOUND", *FAULTS),
        public=True,
    ),
    Call(
        "get",
        "/log/tile/{path}",
        "A hash tile, or with a member's token an entry bundle (C2SP tlog-tiles)",
        _ok(
            "Up to 256 hashes of 32 bytes, or entries, each after its length of two bytes",
            "Bytes",
            None,
            BYTES,
        ),
        ("AUTH_REQUIRED", "NOT_FOUND", *FAULTS),
        parameters={"path": ("0/000.p/42", "entries/000.p/42")},
        public_in_part=True,
    ),
    Call(
        "get", "/healthz", "The process answers", _ok("It answers", "Health", {"status": "ok"}), public=True
    ),
    Call(
        "get",
        "/readyz",
        "The ledger writes",
        _ok("It writes", "Health", {"status": "ready", "size": 42}),
        FAULTS,
        public=True,
    ),
    Call(
        "get",
        "/metrics",
        "Counters for Prometheus",
        _ok("Exposition format", "Text", examples.METRICS, TEXT),
        public=True,
    ),
    Call(
        "get",
        "/openapi.json",
        "This description",
        _ok("OpenAPI 3.1", "Object", {"openapi": "3.1.0"}),
        public=True,
    ),
    Call(
        "get",
        "/errors",
        "Every code, what it means and what to do",
        _ok("Rows of the table of codes, by code", "Object", {"RX_NOT_CLAIMED": examples.code_row()}),
        public=True,
    ),
    Call(
        "get",
        "/packs",
        "For patients: how often a pack was sold, naming nobody; a page for text/html or without code",
        {
            "200": ("The answer, or the form", (Content(JSON, "Pack", patient_examples.PACK), _PAGE)),
            "422": ("No trace code", (Content(JSON, "Pack", patient_examples.NO_PACK), _PAGE)),
        },
        ("RATE_LIMITED", *FAULTS),
        query={"code": ("89900020000000000001",)},
        public=True,
    ),
    Call(
        "get",
        "/prescriptions",
        "For patients: whether a prescription is on the ledger and who signed it, with no content; "
        "a page for text/html or without rx",
        {
            "200": ("The answer, or the form", (_SIGNED_STEPS, _PAGE)),
            "404": ("No prescription of this id", (_PAGE,)),
        },
        ("RX_NOT_FOUND", "RATE_LIMITED", *FAULTS),
        query={"rx": (examples.ID,)},
        public=True,
    ),
    Call(
        "get",
        "/errors/{code}",
        "What a code means and what to do, in English and Chinese",
        _ok(
            "A row of the table of codes; a page where text/html is accepted",
            "Code",
            examples.code_row(),
            JSON,
            Content(HTML, "Text", examples.PAGE),
        ),
        ("NOT_FOUND",),
        parameters={"code": ("RX_NOT_CLAIMED",)},
        public=True,
    ),
)
SANDBOX_CALLS: tuple[Call, ...] = (
    Call(
        "get",
        "/sandbox/clock",
        "The sandbox's clock",
        _ok("The clock stands at this time", "Clock", examples.CLOCK),
        ("NOT_FOUND",),
        public=True,
    ),
    Call(
        "put",
        "/sandbox/clock",
        "Move the sandbox's clock",
        _ok("The clock stands at this time", "Clock", examples.CLOCK),
        ("BODY_TOO_LARGE", *_PARSED, "AUTH_REQUIRED", "TIME_FORMAT", "TIME_ORDER", *FAULTS),
        Content(JSON, "Clock", examples.CLOCK),
        public_in_part=True,
        statuses={"TIME_ORDER": 409},
    ),
)
# Calls that take no other query parameters than these; the others are pages, and what watches a server.
QUERIES = {call.path: tuple(call.query) for call in CALLS if call.path.startswith("/v1/")}
