"""What is refused is said where one looks and listens: first in the title, and in the focus."""

import re

from config import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
ALERT = re.compile(r'<[^>]*role="alert"[^>]*>')


def test_every_refusal_takes_the_focus():
    silent = [
        path.name
        for path in TEMPLATES
        for alert in ALERT.findall(path.read_text("utf-8"))
        if "autofocus" not in alert
    ]

    assert silent == []


def test_what_is_wrong_with_a_filter_stands_on_top_and_leads_to_it(client_as):
    page = client_as("lokal.strandvik").get(
        "/audit-event/list/?since=31.02.2026", headers={"Accept-Language": "en"}
    )

    assert page.status_code == 400
    assert "<title>Error: " in page.text
    summary = page.text.partition("ds-error-summary")[2].partition("</ul>")[0]
    assert 'href="#filter-since"' in summary
    assert "Write the date as day.month.year" in summary
