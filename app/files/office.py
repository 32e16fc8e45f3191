"""Text documents and spreadsheets of Microsoft's and the open format: what a zip container holds.

What the container says of itself is looked at before anything is unpacked. Then each part that is
XML is read, no further than was said, and nothing in it is followed. What can run, or fetch
something from elsewhere, is refused: macros, controls, embedded files, a template or picture that
lies on another server, entities.

Source: ECMA-376 part 2 (packages), OpenDocument 1.3 part 2 (packages).
"""

import io
import zipfile
import zlib
from xml.etree import ElementTree

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
OPEN_FORMATS = frozenset({ODT, ODS})

MOST_PARTS = 2_000
LARGEST_PART = 60 * 1024 * 1024
LARGEST_UNPACKED = 100 * 1024 * 1024
HEADER, END = 30, 22
"""Bytes of a part's own header without its name, and of the end of a container."""

TYPES, MANIFEST = "[Content_Types].xml", "META-INF/manifest.xml"
MAIN = {
    DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
}
REFUSED_PARTS = ("vbaproject", "vbadata", "/activex/", "/ctrlprops/", "/basic/", "/scripts/")
"""What the names of parts hold that run. In small letters."""
REFUSED_BEGINNINGS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"MZ", b"\x7fELF")
"""How parts begin that are containers or programs themselves."""
LARGEST_LIST = 2 * 1024 * 1024
"""Of a list of contents or relations, which is read as a tree."""

DECLARATIONS = tuple(
    text.encode(code)
    for text in ("<!DOCTYPE", "<!ENTITY")
    for code in ("utf-8", "utf-16-le", "utf-16-be")
)


def kind_of(data: bytes) -> str | None:
    """The media type of a document that can be taken in; None for every other container."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as container:
            if not _is_sound(container.infolist(), data):
                return None
            if any(_hides(container, one) for one in container.infolist()):
                return None
            return _open_format(container) or _microsofts(container)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        return None
    except (ValueError, ElementTree.ParseError):
        return None


def _is_sound(parts: list[zipfile.ZipInfo], data: bytes) -> bool:
    """Whether the container is one file after the other and nothing else, and of fitting size."""
    if not 0 < len(parts) <= MOST_PARTS or data[-END : 4 - END] != b"PK\x05\x06":
        return False
    total = sum(one.file_size for one in parts)
    if total > LARGEST_UNPACKED or any(one.file_size > LARGEST_PART for one in parts):
        return False
    names = {one.filename.lower() for one in parts}
    return (
        len(names) == len(parts)
        and all(map(_has_good_name, parts))
        and not any(word in f"/{name}" for name in names for word in REFUSED_PARTS)
        and _lie_apart(parts)
    )


def _has_good_name(part: zipfile.ZipInfo) -> bool:
    """Whether a part stays where it is unpacked, and can be read by everyone."""
    name = part.filename
    is_inside = not name.startswith("/") and ".." not in name.split("/")
    is_plain = "\\" not in part.orig_filename and ":" not in name and "\0" not in part.orig_filename
    is_packed_as_usual = part.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    return is_inside and is_plain and is_packed_as_usual and not part.flag_bits & 0x1


def _lie_apart(parts: list[zipfile.ZipInfo]) -> bool:
    """Whether the first part begins the file and no two share bytes, as those of a bomb do."""
    place = 0
    for one in sorted(parts, key=lambda one: one.header_offset):
        if one.header_offset < place or (place == 0 and one.header_offset != 0):
            return False
        place = one.header_offset + HEADER + len(one.orig_filename.encode()) + one.compress_size
    return True


def _hides(container: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Whether a part is a container or a program, or its text declares what is to be fetched."""
    with container.open(part) as content:
        begins = content.read(4)
        if begins.startswith(REFUSED_BEGINNINGS):
            return True
        if not part.filename.lower().endswith((".xml", ".rels", ".rdf", ".vml")):
            return False
        text = begins + content.read()
    return any(sign in text for sign in DECLARATIONS)


def _open_format(container: zipfile.ZipFile) -> str | None:
    """ODT or ODS: the first part says so, unpacked, and nothing is locked with a password."""
    first = min(container.infolist(), key=lambda one: one.header_offset)
    if first.filename != "mimetype" or first.compress_type != zipfile.ZIP_STORED:
        return None
    said = container.read(first).decode("ascii")
    if said not in OPEN_FORMATS or not {MANIFEST, "content.xml"} <= set(container.namelist()):
        return None
    return None if b"encryption-data" in container.read(MANIFEST) else said


def _microsofts(container: zipfile.ZipFile) -> str | None:
    """DOCX or XLSX: the list of contents names one main part, and it is there."""
    names = container.namelist()
    lists = [one for one in names if one == TYPES or one.lower().endswith(".rels")]
    if TYPES not in lists or sum(container.getinfo(one).file_size for one in lists) > LARGEST_LIST:
        return None
    trees = {one: ElementTree.fromstring(container.read(one)) for one in lists}  # noqa: S314
    types = trees.pop(TYPES)
    if any(_fetches(relation) for tree in trees.values() for relation in tree):
        return None
    named = {one.get("PartName", "").lstrip("/"): one.get("ContentType", "") for one in types}
    if any("macroEnabled" in kind or "vbaProject" in kind for kind in named.values()):
        return None
    found = [
        kind
        for kind, main in MAIN.items()
        for name, said in named.items()
        if said == main and name in names
    ]
    return found[0] if len(found) == 1 else None


def _fetches(relation: ElementTree.Element) -> bool:
    """Whether a relation brings in something from elsewhere; a link that one presses does not."""
    is_outside = relation.get("TargetMode", "").lower() == "external"
    return is_outside and not relation.get("Type", "").endswith("/hyperlink")
