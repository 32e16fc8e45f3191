"""What versions of templates say, read once each: a published version never changes."""

import json
from functools import lru_cache

from app.db import db
from app.set_up_tables import TemplateVersion
from app.templating.template_content import TemplateContent

KEPT_CONTENTS = 64


def content_of(version_id: str | None) -> TemplateContent | None:
    """What a version of a template says; None for none, and for one that is not known here."""
    row = db.session.get(TemplateVersion, version_id) if version_id is not None else None
    return None if row is None else parsed(row)


def parsed(version: TemplateVersion) -> TemplateContent:
    """What a version says."""
    return _parsed(json.dumps(version.content))


@lru_cache(maxsize=KEPT_CONTENTS)
def _parsed(content: str) -> TemplateContent:
    return TemplateContent.model_validate_json(content)
