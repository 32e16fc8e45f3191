"""Text documents and spreadsheets: taken in for what they are, and refused when more is in them."""

import io
import zipfile

import pytest

from app.files import office
from app.files.office import DOCX, ODS, ODT, XLSX
from app.files.sniffing import FileType, sniff

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(20)
TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/\
content-types"><Override PartName="/{part}" ContentType="{kind}"/></Types>"""
RELATION = """<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/\
2006/relationships"><Relationship Id="r1" Type="http://x/{kind}" Target="http://evil.test/a"
 TargetMode="External"/></Relationships>"""
ENTITY = """<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>"""
MANIFEST = "META-INF/manifest.xml"


def packed(parts, *, how=zipfile.ZIP_DEFLATED):
    """A container; a mimetype lies in it as it is."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as container:
        for name, content in parts.items():
            # A fixed day, so that the same parts make the same file.
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_STORED if name == "mimetype" else how
            container.writestr(info, content)
    return out.getvalue()


def docx(more=(), *, kind=office.MAIN[DOCX], part="word/document.xml"):
    """A letter, with more in it."""
    parts = {"[Content_Types].xml": TYPES.format(part=part, kind=kind), part: "<w>Hei</w>"}
    return packed(parts | dict(more))


def xlsx(more=()):
    """A spreadsheet."""
    return docx(more, kind=office.MAIN[XLSX], part="xl/workbook.xml")


def odt(more=(), *, kind=ODT):
    """A letter of the open format."""
    parts = {"mimetype": kind, MANIFEST: "<m/>", "content.xml": "<c>Hei</c>"}
    return packed(parts | dict(more))


GOOD = {
    "docx": (docx(), DOCX),
    "xlsx": (xlsx(), XLSX),
    "odt": (odt(), ODT),
    "ods": (odt(kind=ODS), ODS),
    "with a picture": (docx({"word/media/a.png": PNG}), DOCX),
    "with a link": (docx({"word/_rels/a.rels": RELATION.format(kind="hyperlink")}), DOCX),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_document_is_what_its_contents_say(name):
    data, kind = GOOD[name]

    assert sniff(data) is FileType(kind)


def overlapping():
    """Two names in the directory for the same bytes."""
    data = bytearray(docx({"word/a1.xml": "<a/>", "word/a2.xml": "<a/>"}))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as container:
        first, second = (container.getinfo(f"word/a{n}.xml") for n in (1, 2))
    place = data.rindex(b"word/a2.xml") - 4
    assert data[place : place + 4] == second.header_offset.to_bytes(4, "little")
    data[place : place + 4] = first.header_offset.to_bytes(4, "little")
    return bytes(data)


def locked():
    """A container that says that its parts need a password."""
    data = bytearray(docx())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


BAD = {
    "macros by name": docx({"word/vbaProject.bin": b"x"}),
    "macros by type": docx(kind="application/vnd.ms-word.document.macroEnabled.main+xml"),
    "a control": docx({"word/activeX/activeX1.bin": b"x"}),
    "basic": odt({"Basic/Standard/Module1.xml": "<m/>"}),
    "a script": odt({"Scripts/python/a.py": "x"}),
    "a container in it": docx({"word/embeddings/a.xlsx": xlsx()}),
    "an old document in it": docx({"word/embeddings/a.bin": b"\xd0\xcf\x11\xe0" + bytes(9)}),
    "a program in it": docx({"word/media/a.png": b"MZ\x90"}),
    "an entity": docx({"word/styles.xml": ENTITY}),
    "an entity in another alphabet": xlsx({"xl/styles.xml": ENTITY.encode("utf-16")}),
    "an entity in the open format": odt({"styles.xml": ENTITY}),
    "a template that lies elsewhere": docx(
        {"word/_rels/settings.xml.rels": RELATION.format(kind="attachedTemplate")}
    ),
    "a way out": docx({"../../evil.xml": "<a/>"}),
    "a way from the root": docx({"/etc/evil.xml": "<a/>"}),
    "a way out by another sign": docx({"word\\..\\evil.xml": "<a/>"}),
    "the same name twice": docx({"WORD/document.xml": "<a/>"}),
    "too many parts": docx({f"word/{n}": b"" for n in range(office.MOST_PARTS)}),
    "another packing": packed({"a.xml": "<a/>"}, how=zipfile.ZIP_BZIP2),
    "a main part that is missing": docx(
        {"[Content_Types].xml": TYPES.format(part="word/gone.xml", kind=office.MAIN[DOCX])}
    ),
    "no document": packed({"a.txt": "x"}),
    "nothing": packed({}),
    "something before": b"PK" + docx(),
    "something after": docx() + b"<script>",
    "an unpacked picture before": PNG + docx(),
    "a PDF before": b"%PDF-1.7\n" + docx(),
    "a password": locked(),
    "a password in the open format": odt({MANIFEST: "<m><encryption-data/></m>"}),
    "another kind of the open format": odt(kind="application/vnd.oasis.opendocument.graphics"),
    "parts that share bytes": overlapping(),
    "a broken part": docx({"word/media/a.png": PNG}).replace(b"PK\x03\x04", b"PK\x03\x05", 2),
    "a part that was changed": packed(
        {"[Content_Types].xml": TYPES.format(part="a.xml", kind=office.MAIN[DOCX]), "a.xml": "<w>"},
        how=zipfile.ZIP_STORED,
    ).replace(b"<w>", b"<v>"),
    "cut off": docx()[:200],
}


@pytest.mark.parametrize("name", BAD)
def test_i8_a_document_with_more_in_it_is_refused(name):
    assert sniff(BAD[name]) is None


def test_i8_a_bomb_is_refused_before_anything_is_unpacked(monkeypatch):
    many = {f"word/{n}.xml": bytes(20 * 1024 * 1024) for n in range(6)}
    bomb = docx(many)
    assert len(bomb) < 300_000
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("it was unpacked"))

    assert sniff(bomb) is None


def test_a_part_that_is_larger_than_it_says_is_not_unpacked_further():
    data = bytearray(docx({"word/a.xml": "<a>" + "x" * 100_000 + "</a>"}))
    entry = data.rindex(b"word/a.xml") - 46
    data[entry + 24 : entry + 28] = (10).to_bytes(4, "little")

    assert sniff(bytes(data)) is None
