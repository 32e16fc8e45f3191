"""Files that leave the panel: always as a download, named without anybody's name."""

from collections.abc import Iterable, Sequence
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from flask import Response

from app.screens.export import csv_stream, write_xlsx

IN_MEMORY = 4 * 1024 * 1024
CHUNK = 64 * 1024
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def csv_download(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """A CSV file that is sent while its rows are read."""
    return _attachment(name, csv_stream(header, rows), "text/csv")


def xlsx_download(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """An XLSX file, kept on disk while it is made."""
    file: IO[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed when it is sent
    try:
        write_xlsx(file, header, rows)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    response = _attachment(name, iter(lambda: file.read(CHUNK), b""), XLSX)
    response.call_on_close(file.close)
    return response


def file_download(name: str, data: bytes, kind: str) -> Response:
    """An uploaded file, sent as nothing but what it was examined to be, and never as a page.

    Should a browser show it all the same, it runs nothing in it.
    """
    response = _attachment(name, [data], kind)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Content-Length"] = str(len(data))
    return response


def _attachment(name: str, body: Iterable[bytes], kind: str) -> Response:
    response = Response(body, mimetype=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
