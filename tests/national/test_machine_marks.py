"""What in a prescription's file says that a machine wrote it, and what only speaks of such marks."""

from __future__ import annotations

import base64
import io
import json
import zipfile
import zlib
from typing import Any

import pytest

from tests.national.builders import day_message, drafted


def _file(content: bytes) -> Any:
    encoded = base64.b64encode(content).decode()
    return drafted("D003", day_message("010-d003.json") | {"rxFile": encoded}).disclosures["file"]


def _ofd(member: str) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("Doc_0/Pages/Page_0/Content.xml", member.encode())
    return archive.getvalue()


def _pdf(stream: str) -> bytes:
    return b"%PDF-1.4\nstream\n" + zlib.compress(stream.encode()) + b"\nendstream"


@pytest.mark.parametrize(
    "content",
    [
        _ofd("<ofd:TextCode>本处方由医师本人开具,非AIGC生成</ofd:TextCode>"),
        _ofd("<ofd:TextCode>未使用AIGC</ofd:TextCode>"),
        _ofd('<ofd:TextCode>未使用"AIGC"工具</ofd:TextCode>'),
        _pdf("(AIGC statement: none used) Tj"),
        _pdf("(no AIGC) Tj"),
        b"%PDF-1.4 /Title (AIGC: none)",
        b"\x8f\x02AIGC\xfe\x9a\x11",  # four bytes of an image
        "%PDF-1.4 非AIGC生成".encode("utf-16-be"),
    ],
)
def test_a_page_that_says_it_was_not_made_by_a_machine_accuses_no_doctor(content: bytes) -> None:
    """Hospitals print 非AIGC生成 under their prescriptions: the doctor was refused as a machine."""
    assert "aigc" not in _file(content)


_LABEL = json.dumps({"Label": "1", "ContentProducer": "990000VENDOR1"})


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.4 1 0 obj<</Producer(x)/AIGC(" + _LABEL.encode() + b")>>endobj",
        b"/AIGC<FEFF007B>",
        b"%PDF-1.4 /AIGC 12 0 R",
        b"%PDF-1.4 /AIGC true",
        _pdf(f"<TC260:AIGC>{_LABEL}</TC260:AIGC>"),
        _pdf("<rdf:Description TC260:AIGC='{&quot;Label&quot;:&quot;1&quot;}'/>"),
        _ofd(f'<ofd:CustomData Name="AIGC">{_LABEL}</ofd:CustomData>'),
        _ofd('<property name="AIGC" pid="2"><vt:lpwstr>1</vt:lpwstr></property>'),
        b'{"AIGC": {"Label": "1"}}',
        b"\x89PNG tEXtAIGC\x00" + _LABEL.encode(),
        b"AIGC: 1",
        _pdf("(no AIGC here) Tj") + b"\n/AIGC(" + _LABEL.encode() + b")",
        ("AIGC" + _LABEL).encode("utf-16-le"),
    ],
)
def test_a_mark_is_found_whatever_the_page_says_beside_it(content: bytes) -> None:
    assert _file(content)["aigc"]
