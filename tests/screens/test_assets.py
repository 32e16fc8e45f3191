"""The style sheet holds what the pages use, and is sent compressed under an address of its own."""

import re

from config import ROOT

STATIC = ROOT / "app" / "static"
CLASS = re.compile(r"(?<![\w-])ds-[a-z-]+")


def test_every_part_of_the_design_system_that_a_page_uses_is_in_the_style_sheet():
    sources = [*(ROOT / "templates").rglob("*.html"), *STATIC.glob("*.js")]
    used = {name for path in sources for name in CLASS.findall(path.read_text("utf-8"))}
    held = set(CLASS.findall((STATIC / "vendor" / "designsystemet.css").read_text("utf-8")))

    assert "ds-button" in used
    assert used - held == set()


def test_style_sheets_are_sent_compressed_kept_for_a_year_and_with_the_headers_of_pages(app):
    client = app.test_client()
    page = client.get("/login/").text
    address = re.search(r'href="(/static/vendor/designsystemet\.css\?v=[0-9a-f]{12})"', page).group(
        1
    )

    sent = client.get(address, headers={"Accept-Encoding": "gzip"})
    plain = client.get(address)
    for answer in (sent, plain):
        answer.close()

    assert sent.headers["Content-Encoding"] == "gzip"
    assert int(sent.headers["Content-Length"]) * 4 < int(plain.headers["Content-Length"])
    assert "max-age=31536000" in sent.headers["Cache-Control"]
    assert sent.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert sent.headers["X-Content-Type-Options"] == "nosniff"


def test_nothing_outside_the_folder_is_sent(app):
    client = app.test_client()

    for path in (
        "../config.py",
        "%2e%2e/config.py",
        "..%2fconfig.py",
        "vendor/../../config.py",
        "",
    ):
        assert client.get(f"/static/{path}").status_code == 404
