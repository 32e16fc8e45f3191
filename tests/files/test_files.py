"""Uploads: examined by content, kept sealed under a random key, looked at by a scanner."""

import socket
import stat
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from threading import Thread

import pytest

from app.files import receiving, scanning, storage
from app.files.sniffing import FileType, sniff

PDF = b"%PDF-1.7\n...\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(20)
JPEG = b"\xff\xd8\xff\xe0" + bytes(20)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (PDF, FileType.PDF),
        (PNG, FileType.PNG),
        (JPEG, FileType.JPEG),
        (b"", None),
        (b"\n" + PDF, None),
        ("Møte 3. mai\r\n\tØya\n".encode(), FileType.TXT),
        ("\ufeffMed merke".encode(), FileType.TXT),
        ("Blåbær".encode("latin-1"), None),
        (b"#!/bin/sh\n", None),
        (b"  \n", None),
        (b"tekst\0", None),
        (b" <html>", None),
        (b"<script>alert(1)</script>", None),
        (b"MZ\x90\x00", None),
        (b"PK\x03\x04", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
    ],
)
def test_a_file_is_what_its_content_says(data, found):
    assert sniff(data) is found


@pytest.mark.parametrize(
    "data",
    [b"", b"<html></html>", PDF + bytes(receiving.LARGEST)],
    ids=["empty", "another type", "too large"],
)
def test_what_is_no_good_is_not_received(context, data):
    with pytest.raises(receiving.BadFile):
        receiving.receive(data)


def test_a_text_is_taken_in_as_a_document_and_not_as_a_scan(context):
    assert receiving.receive(b"tekst", receiving.DOCUMENTS).type is FileType.TXT
    with pytest.raises(receiving.BadFile):
        receiving.receive(b"tekst")


def test_i8_the_file_that_tries_the_scanner_is_stopped_where_there_is_none(context):
    with pytest.raises(scanning.Infected):
        receiving.receive(
            b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + scanning.EICAR + b"H+H*", receiving.DOCUMENTS
        )


def test_a_good_file_is_received_as_what_it_is(context):
    assert receiving.receive(PDF).type is FileType.PDF
    with pytest.raises(receiving.BadFile):
        receiving.receive(PDF, {FileType.PNG})


def test_a_kept_file_comes_back_and_lies_sealed_and_closed_to_others(context):
    key = storage.keep(PDF)
    path = context.config["SAMVEV"].instance.resolve() / "files" / key[:2] / key

    assert storage.read(key) == PDF
    assert PDF not in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("key", ["", "../secret_key", "a" * 31, "A" * 32, "0" * 32, "a/b", "\0"])
def test_a_key_that_is_none_opens_nothing(context, key):
    with pytest.raises(storage.NotKept):
        storage.read(key)


def test_a_file_that_was_changed_on_disk_is_not_given_out(context):
    key = storage.keep(PDF)
    path = context.config["SAMVEV"].instance.resolve() / "files" / key[:2] / key
    path.write_bytes(path.read_bytes()[:-10] + b"AAAAAAAAAA")

    with pytest.raises(storage.NotKept):
        storage.read(key)


def test_a_file_is_dropped_when_its_transaction_fails_and_kept_when_it_does_not(context):
    with storage.kept_until_committed(PDF) as kept:
        pass
    with pytest.raises(RuntimeError), storage.kept_until_committed(PDF) as dropped:
        raise RuntimeError

    assert storage.read(kept) == PDF
    with pytest.raises(storage.NotKept):
        storage.read(dropped)


@contextmanager
def scanner(app, says):
    """A scanner that reads the whole stream and gives one answer; yields what it was sent."""
    path = Path(mkdtemp(prefix="scan-")) / "socket"
    seen = []
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listening.bind(str(path))
    listening.listen()

    def serve():
        line, _address = listening.accept()
        with line:
            whole = b""
            while not whole.endswith(bytes(4)):
                whole += line.recv(1 << 20)
            seen.append(whole)
            line.sendall(says)

    thread = Thread(target=serve, daemon=True)
    thread.start()
    settings = app.config["SAMVEV"]
    app.config["SAMVEV"] = settings.model_copy(update={"clamav_socket": path})
    try:
        yield seen
    finally:
        app.config["SAMVEV"] = settings
        listening.close()
        thread.join(2)


def test_a_clean_file_passes_the_scanner_which_sees_all_of_it(context):
    with scanner(context, b"stream: OK\0") as seen:
        scanning.scan_file(b"x" * 100_000)

    assert seen[0].startswith(b"zINSTREAM\0" + (64 * 1024).to_bytes(4, "big"))
    assert seen[0].count(b"x") == 100_000


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (b"stream: Eicar-Signature FOUND\0", scanning.Infected),
        (b"INSTREAM size limit exceeded. ERROR\0", scanning.NotScanned),
        (b"", scanning.NotScanned),
    ],
)
def test_a_file_is_refused_unless_the_scanner_says_that_it_is_clean(context, answer, problem):
    with scanner(context, answer), pytest.raises(problem):
        receiving.receive(PDF)


def test_a_scanner_that_is_switched_on_and_gone_lets_nothing_in(context):
    settings = context.config["SAMVEV"]
    context.config["SAMVEV"] = settings.model_copy(update={"clamav_socket": Path("/nowhere")})
    try:
        with pytest.raises(scanning.NotScanned):
            receiving.receive(PDF)
    finally:
        context.config["SAMVEV"] = settings
