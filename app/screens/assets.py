"""Style sheets, scripts and the font: served before any page, kept by the browser for a year.

An address holds a hash of the content, so that a new version is a new address. What stands in
``app/static/vendor`` is fetched and built at set-up, with compressed copies.
"""

import hashlib
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from urllib.parse import quote
from wsgiref.headers import Headers

from flask import Flask
from whitenoise import WhiteNoise

KEPT_SECONDS = 365 * 24 * 3600


def install(app: Flask, headers: Mapping[str, str]) -> None:
    """Serve ``app``'s static folder with ``headers``; templates get ``asset(name)``."""
    folder = Path(app.static_folder or "")
    served = WhiteNoise(
        app.wsgi_app,
        root=str(folder),
        prefix=app.static_url_path,
        max_age=KEPT_SECONDS,
        allow_all_origins=False,
        add_headers_function=partial(_add, headers),
    )
    app.wsgi_app = served  # type: ignore[method-assign]
    app.jinja_env.globals["asset"] = partial(_address, app.static_url_path, _versions(folder))


def _add(headers: Mapping[str, str], answer: Headers, _path: str, _url: str) -> None:
    for name, value in headers.items():
        answer[name] = value


def _versions(folder: Path) -> dict[str, str]:
    """The first digits of each file's hash, by its path below the folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        for path in folder.rglob("*")
        if path.is_file()
    }


def _address(prefix: str | None, versions: Mapping[str, str], name: str) -> str:
    """The address of one file, which changes with its content."""
    return f"{prefix}/{quote(name)}?v={versions.get(name, '')}"
