"""The templates that a municipality begins with (``domain.md`` 5.3), composed for this product."""

from app.templating.shipped.adults import (
    ADDICTION_AND_MENTAL_HEALTH,
    AFTER_A_STROKE,
    QUALIFICATION_PROGRAMME,
)
from app.templating.shipped.blank import BLANK
from app.templating.shipped.family import FAMILY_PLAN
from app.templating.shipped.relay import ABSENCE, BIRTH, KINDERGARTEN
from app.templating.shipped.school import DEVELOPMENT, EDUCATION
from app.templating.shipped.young import CHILD, TO_ADULT_LIFE

TEMPLATES = (
    AFTER_A_STROKE,
    ADDICTION_AND_MENTAL_HEALTH,
    CHILD,
    TO_ADULT_LIFE,
    QUALIFICATION_PROGRAMME,
    EDUCATION,
    DEVELOPMENT,
    KINDERGARTEN,
    ABSENCE,
    BIRTH,
    FAMILY_PLAN,
    *BLANK,
)
"""In the order in which they are offered within each kind of plan."""
