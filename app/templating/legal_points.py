"""The nine points that an individual plan must contain, and which of them a template asks for.

The points are those of the regulation on habilitation, rehabilitation and coordinator (2011) § 19,
which the regulation on individual plans in welfare services (2022) carries on (``domain.md`` 6.2).
"""

from collections.abc import Collection
from typing import Any

from flask_babel import lazy_gettext as _l

from app.enums import Section
from app.templating.template_content import LEGAL_POINTS, TemplateContent, legal_points

TITLES: tuple[Any, ...] = (
    _l("The owner's goals, resources and needs"),
    _l("Who takes part in the work"),
    _l("Who is responsible for coordination and progress"),
    _l("What each one contributes"),
    _l("Which activities, how much, and who is responsible"),
    _l("How the activities are carried out"),
    _l("The period of the plan, and when it is evaluated"),
    _l("Consent to the plan and to sharing confidential information"),
    _l("Cooperation with others that is needed or wanted"),
)

BY_EVERY_PLAN = frozenset({2, 3, 4, 8})
"""Participants and what each contributes, the coordinator, and consents: asked for in any plan."""
BY_ACTIVITIES = frozenset({5, 6})
BY_REVIEW = frozenset({7})


def not_asked_for(
    content: TemplateContent, offered: Collection[Section] | None = None
) -> tuple[int, ...]:
    """The points that neither a field of the template nor the plan itself asks for.

    ``offered`` are the parts that plans of the kind have, None for all of them.
    """
    asked = set(legal_points(content)) | BY_EVERY_PLAN
    if offered is None or Section.ACTIVITIES in offered:
        asked |= BY_ACTIVITIES
    if content.review_weeks is not None:
        asked |= BY_REVIEW
    return tuple(point for point in LEGAL_POINTS if point not in asked)
