"""What makes an accepted entry wrong although its bytes are in the tree: case, step and the reason given."""

from __future__ import annotations

from tests.verifier.cases import (
    Case,
    add,
    cancelled,
    changed,
    claims_role,
    counter,
    courier_with_a_shop,
    device_revoked,
    enrolled,
    enrolled_again,
    impostor,
    issue,
    late_after,
    new_key,
    organisation_signs,
    other_algorithm,
    other_place,
    person_without,
    registered_again,
    retired,
    revoked,
    sale_with,
    shop_with,
    signature_of_another,
    siteless,
    stock,
    twice,
    wrong_prev,
)
from verifier.errors import AUTHORITY, FORM, GENESIS, REFUSAL, SIGNATURE

# Who is named as acting has signed: else a log accuses a doctor of a colleague's prescription.
NAMED: dict[str, tuple[Case, str, str]] = {
    "a colleague's prescription": (
        issue(members={"prescriber": "DO2"}),
        AUTHORITY,
        "names somebody who did not sign",
    ),
    "a colleague's consultation": (
        add("consultation.opened", {"doctor": "DO2", "mode": "text"}, "d", iss="HOS"),
        AUTHORITY,
        "names somebody who did not sign",
    ),
    **{
        f"a sale with another {member}": (sale_with(member), AUTHORITY, "names somebody who did not sign")
        for member in ("preparer", "checker")
    },
    "fewer digests than groups": (
        issue(payload={"_sd": []}),
        FORM,
        "_sd has another number of digests than its type",
    ),
    "more digests than groups": (
        stock(payload={"_sd": [letter * 43 for letter in "ABCD"]}),
        FORM,
        "_sd is not a sorted list of digests",
    ),
    "a revocation of nothing": (
        add("registry.revocation", {"reason": "lost"}, "o"),
        AUTHORITY,
        "a revocation of nothing",
    ),
    "a revocation of an unknown key": (
        add("registry.revocation", {"reason": "lost", "kid": "X#0011223344556677"}, "o"),
        AUTHORITY,
        "revokes a key that was never registered",
    ),
    "a revocation of an unknown authenticator": (
        add("registry.revocation", {"reason": "lost", "credential_id": "AAAA"}, "o"),
        AUTHORITY,
        "revokes an authenticator that was never enrolled",
    ),
}
FAULTS: dict[str, tuple[Case, str, str]] = {
    **NAMED,
    "no presence": (issue(presence=False), AUTHORITY, "no proof that the signer was present"),
    "presence of another statement": (
        issue(assertion={"client": {"challenge": "AAAA"}}),
        SIGNATURE,
        "presence: the challenge belongs to something else",
    ),
    "user not verified": (
        issue(assertion={"flags": 1}),
        SIGNATURE,
        "presence: nobody was present or verified",
    ),
    "user not present": (
        issue(assertion={"flags": 4}),
        SIGNATURE,
        "presence: nobody was present or verified",
    ),
    "synced credential": (
        issue(assertion={"flags": 0x0D}),
        SIGNATURE,
        "presence: the credential can be copied",
    ),
    "backed up, not eligible": (
        issue(assertion={"flags": 0x15}),
        SIGNATURE,
        "presence: the credential can be copied",
    ),
    "other site": (issue(assertion={"rp_id": "evil.example"}), AUTHORITY, "presence: given at another site"),
    "other origin": (
        issue(assertion={"client": {"origin": "https://evil.example"}}),
        AUTHORITY,
        "presence: given at an origin that is not registered",
    ),
    "cross origin": (
        issue(assertion={"client": {"crossOrigin": True}}),
        SIGNATURE,
        "presence: given inside a page of another origin",
    ),
    "top origin": (
        issue(assertion={"client": {"topOrigin": "https://a.example"}}),
        SIGNATURE,
        "presence: given inside a page of another origin",
    ),
    "create instead of get": (
        issue(assertion={"client": {"type": "webauthn.create"}}),
        SIGNATURE,
        "presence: client data is of another type",
    ),
    "duplicate member in client data": (
        issue(assertion={"client_data": b'{"type":1,"type":1}'}),
        FORM,
        "not strict JSON",
    ),
    "extensions announced": (
        issue(assertion={"flags": 0x85}),
        SIGNATURE,
        "presence: authenticator data holds more than it must",
    ),
    "extra bytes": (
        issue(assertion={"extra": b"abcd"}),
        SIGNATURE,
        "presence: authenticator data holds more than it must",
    ),
    "counter did not grow": (counter, AUTHORITY, "presence: the authenticator's counter did not grow"),
    "after names another entry": (late_after, AUTHORITY, "after is not the entry that the signer had to see"),
    "unknown key": (impostor, AUTHORITY, "signed by a key that no earlier entry registered"),
    "claimed role": (claims_role, AUTHORITY, "a signer's registered role does not allow this"),
    "role of another type": (
        add("stock.received", {}, "d", iss="PHA"),
        AUTHORITY,
        "a signer's registered role does not allow this",
    ),
    "wrong kind of organisation": (
        stock(iss="HOS"),
        AUTHORITY,
        "submitted by the wrong kind of organisation",
    ),
    "courier that takes stock": (
        courier_with_a_shop,
        AUTHORITY,
        "submitted by the wrong kind of organisation",
    ),
    "organisation not registered": (
        stock(iss="???"),
        AUTHORITY,
        "submitted by an organisation that is not registered",
    ),
    "another log": (stock(aud="other.example/log"), AUTHORITY, "a statement addressed to another log"),
    "licence over": (person_without(valid_to="2025-12-31"), AUTHORITY, "a signer had no licence on that day"),
    "licence to come": (
        person_without(valid_from="2026-01-02"),
        AUTHORITY,
        "a signer had no licence on that day",
    ),
    "licence of another place": (
        person_without(sites=["HOS"]),
        AUTHORITY,
        "a signer is not licensed at this place",
    ),
    "pharmacist of another place": (other_place, AUTHORITY, "a signer is not licensed at this place"),
    "revoked key": (revoked, AUTHORITY, "signed by a revoked key"),
    "revoked authenticator": (
        device_revoked,
        AUTHORITY,
        "presence: not by an enrolled authenticator of the signer",
    ),
    "retired key": (retired, AUTHORITY, "signed by a key outside its time of validity"),
    "signature of another statement": (signature_of_another, SIGNATURE, "signature is wrong"),
    "committed twice": (twice, AUTHORITY, "a statement was committed before"),
    "time goes back": (stock(time=1_767_225_600_000), AUTHORITY, "ledger time goes back"),
    "one officer for a rulebook": (
        add("governance.rulebook", {"version": "1"}, "o"),
        AUTHORITY,
        "fewer officers signed than the act needs",
    ),
    "one officer twice": (
        add("governance.rulebook", {"version": "1"}, "oo"),
        AUTHORITY,
        "fewer officers signed than the act needs",
    ),
    "doctor registers an organisation": (
        add("registry.organisation", {}, "d"),
        AUTHORITY,
        "a signer's registered role does not allow this",
    ),
    "new key vouched for by nobody": (
        new_key("new"),
        AUTHORITY,
        "not signed by both the subject and somebody who vouches",
    ),
    "new key vouched for by a doctor": (
        new_key("new", "doctor"),
        AUTHORITY,
        "not signed by both the subject and somebody who vouches",
    ),
    "new key did not sign": (
        new_key("old", "officer"),
        AUTHORITY,
        "the new key did not sign its own registration first",
    ),
    "attestation by a certificate for something else": (
        enrolled(leaf={"unit": "Sales"}),
        SIGNATURE,
        "authenticator is not trusted: the certificate was not made for attestation",
    ),
    "attestation by an authority itself": (
        enrolled(leaf={"ca": True}),
        SIGNATURE,
        "authenticator is not trusted: the certificate is an authority's",
    ),
    "attestation fmt none": (
        enrolled(members={"fmt": "none"}),
        SIGNATURE,
        "authenticator is not trusted: not packed",
    ),
    "self attestation": (
        enrolled(members={"attStmt": {"alg": -7, "sig": b"x"}}),
        SIGNATURE,
        "authenticator is not trusted: no certificate chain",
    ),
    "unknown model": (
        enrolled(aaguid=b"\1" * 16),
        SIGNATURE,
        "authenticator is not trusted: signature or certificate is wrong",
    ),
    "unknown consultation": (
        add("consultation.closed", {"consultation": "00" * 32, "doctor": "DOC"}, "d", iss="HOS"),
        AUTHORITY,
        "names what no earlier entry of the log is",
    ),
    "unknown prescription": (
        add("prescription.claimed", {"rx": "00" * 32}, "p", iss="PHA"),
        AUTHORITY,
        "names what no earlier entry of the log is",
    ),
    "wrong prev": (wrong_prev, AUTHORITY, "prev is not the entry before in its chain"),
    "cancelled by another doctor": (
        cancelled("DO2"),
        AUTHORITY,
        "cancelled or renewed by somebody else than its prescriber",
    ),
    "duty elsewhere": (
        add("duty.closed", {"site": "HOS"}, "p", iss="PHA"),
        AUTHORITY,
        "duty at another place than the submitting pharmacy",
    ),
    "second genesis": (lambda builder, doctor, pharmacist: builder.genesis(), GENESIS, "a second genesis"),
    "a key registered again": (registered_again, AUTHORITY, "a key is registered twice"),
    "an authenticator enrolled again": (enrolled_again, AUTHORITY, "an authenticator is enrolled twice"),
    "unknown knowledge": (
        changed(lambda value: value["verdict"].update(knowledge="00" * 32)),
        AUTHORITY,
        "judged by knowledge that no earlier entry is",
    ),
    "unknown rulebook": (
        changed(lambda value: value["verdict"].update(rulebook="00" * 32)),
        AUTHORITY,
        "judged by a rulebook that no earlier entry is",
    ),
    "unknown outcome": (
        changed(lambda value: value["verdict"].update(outcome="maybe")),
        FORM,
        "verdict has an unknown outcome",
    ),
    "prev out of nowhere": (
        changed(lambda value: value.update(prev="00" * 32)),
        AUTHORITY,
        "prev is not the entry before in its chain",
    ),
    "unknown member": (changed(lambda value: value.update(note="x")), FORM, "members are missing or unknown"),
    "header without presence": (
        changed(lambda value: value["statement"]["signatures"][0].update(header={})),
        FORM,
        "members are missing or unknown",
    ),
    "stripped signature": (
        changed(lambda value: value["statement"].update(signatures=[])),
        FORM,
        "signers and signatures differ",
    ),
    "signature added": (
        changed(lambda value: value["statement"]["signatures"].append(value["statement"]["signatures"][0])),
        FORM,
        "signers and signatures differ",
    ),
    "refusal of a stranger": (
        lambda builder, doctor, pharmacist: builder.refuse("X_Y", actor="ZZ"),
        REFUSAL,
        "a refusal of an organisation that is not registered",
    ),
    "refusal that accuses a stranger": (
        lambda builder, doctor, pharmacist: builder.refuse("RX_EXPIRED", signers=["DOC", "DO9"]),
        REFUSAL,
        "a refusal accuses somebody who has no key",
    ),
    "refusal of what was committed": (
        lambda builder, doctor, pharmacist: builder.refuse("RX_EXPIRED", digest=builder.last_id),
        REFUSAL,
        "a refusal of a statement that was committed before",
    ),
    "refusal of bytes that nobody could read": (
        lambda builder, doctor, pharmacist: builder.refuse("JSON_SYNTAX"),
        FORM,
        "a refusal for what is never recorded",
    ),
    "refusal without a code": (
        lambda builder, doctor, pharmacist: builder.refuse(),
        FORM,
        "a refusal is malformed",
    ),
    "refusal with text for a code": (
        lambda builder, doctor, pharmacist: builder.refuse("Zhang San"),
        FORM,
        "a code is malformed",
    ),
    "an algorithm that is not the key's": (
        other_algorithm,
        AUTHORITY,
        "signed with another algorithm than the key's",
    ),
    "a shop whose licence is over": (
        shop_with(valid_to="2025-12-31"),
        AUTHORITY,
        "the organisation had no licence on that day",
    ),
    "a shop whose licence is to come": (
        shop_with(valid_from="2026-01-02"),
        AUTHORITY,
        "the organisation had no licence on that day",
    ),
    "a release without the fund": (
        add("governance.release", {"freeze": "00" * 32}, "oq"),
        AUTHORITY,
        "nobody of the second role signed that the act needs",
    ),
    "presence at an institution without a site": (
        siteless,
        AUTHORITY,
        "presence: the organisation has no registered site",
    ),
    "an organisation's key for another's reading": (
        organisation_signs("HOS", "access.read"),
        AUTHORITY,
        "signed with the key of another organisation",
    ),
}
