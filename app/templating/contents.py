"""What published versions of templates say, read once each: they never change."""

import json
from functools import lru_cache

from app.db import db
from app.set_up_tables import TemplateVersion
from app.templating.template_content import TemplateContent

KEPT_CONTENTS = 64
READ = "template_contents"
"""Where a session keeps what it has read, so that a page with many forms reads it once."""


def content_of(version_id: str | None) -> TemplateContent | None:
    """What a version of a template says; None for none, and for one that is not known here."""
    if version_id is None or version_id in _read():
        return _read().get(version_id or "")
    row = db.session.get(TemplateVersion, version_id)
    return None if row is None else parsed(row)


def parsed(version: TemplateVersion) -> TemplateContent:
    """What a published version says."""
    read = _read()
    if version.id not in read:
        read[version.id] = _parsed(json.dumps(version.content))
    return read[version.id]


def _read() -> dict[str, TemplateContent]:
    found: dict[str, TemplateContent] = db.session().info.setdefault(READ, {})
    return found


@lru_cache(maxsize=KEPT_CONTENTS)
def _parsed(content: str) -> TemplateContent:
    return TemplateContent.model_validate_json(content)
