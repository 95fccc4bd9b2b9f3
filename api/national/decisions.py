"""Whether a review passed or was refused, and what became of a delivery: by codes, names and opinions.

A status that the profile lists decides. What is written in words is read by `opinions` and `parcel_names`.
"""

from __future__ import annotations

from api.national import opinions, parcel_names
from api.national.context import Context, present
from api.national.errors import MessageError
from api.national.fields import Fields
from contracts.facts import Json

_NAMES = ("rxChkStasName", "pharChkStasName")
_DECISION = "decision"  # in the extension: the answer where an opinion leaves it open


def review(fields: Fields, context: Context, codes: tuple[str, ...], opinion: str | None) -> str:
    """Return "approved" or "refused": by the status, else by the opinion's last word.

    D003 has no status field: an upload without a refusing opinion is an approval.
    Raises MessageError for a status that cannot be read, for two that disagree, and for an opinion that
    leaves the decision open.
    """
    found = _status(fields, context, codes) or opinions.read(opinion or "") or "approved"
    if found == "open":
        raise MessageError(
            "SCHEMA_REQUIRED",
            f"extension/{_DECISION}",
            'the opinion leaves the decision open: write "approved" or "refused" there',
            "审核意见未写明结论，请在此填写 approved（通过）或 refused（不通过）",
        )
    return found


def _status(fields: Fields, context: Context, codes: tuple[str, ...]) -> str | None:
    """Return what the extension, the codes and the names say together; None when nothing is sent."""
    found = unread = None
    for name in (_DECISION, *codes, *_NAMES):
        sent = fields.text(name)
        said = _said(sent, context) if sent else None
        if found is not None and said is not None and said != found and (found, said) != ("refused", "open"):
            raise _contrary(fields, name)
        if said in ("approved", "refused"):
            found = found or said
        elif sent and name == _DECISION:
            raise fields.error("SCHEMA_TYPE", name)
        elif sent:
            unread = unread or name
    if found is None and unread is not None:
        raise fields.error("SCHEMA_TYPE", unread)
    return found


def _said(sent: str, context: Context) -> str | None:
    if sent.lower() in ("approved", "refused"):
        return sent.lower()
    return context.profile.review_codes.get(_bare(sent)) or opinions.phrase(sent)


def _bare(code: str) -> str:
    return code.lstrip("0") or "0"


def _contrary(fields: Fields, name: str) -> MessageError:
    return MessageError(
        "SCHEMA_TYPE",
        fields.path(name),
        "make the status code and its name agree: they say different things",
        "状态代码与状态名称不一致，请核对后改为一致",
    )


def told(fields: Fields, opinion: str | None) -> dict[str, Json]:
    """Return what a review tells: its opinion, and `video`, the digest of the confirmation (S10).

    No national message has a field for the video: the extension says it.
    """
    return present(opinion=opinion or "", video=fields.text("video"))


def delivery(fields: Fields, context: Context) -> str:
    """Return the delivery statement's type: by the status' code, else by its name.

    Raises MessageError when neither is known, and when the name says the contrary of the code.
    """
    name = fields.text("delv_stas_name") or ""
    meaning, possible = parcel_names.meaning(name)
    code = fields.text("delv_stas_codg")
    listed = context.profile.delivery_codes.get(_bare(code)) if code else None
    if listed is not None and listed not in possible:
        raise _contrary(fields, "delv_stas_name")
    found = listed or meaning
    if found is None:
        fields.required("delv_stas_codg", "delv_stas_name")
        raise fields.error("SCHEMA_TYPE", "delv_stas_name" if name else "delv_stas_codg")
    return found
