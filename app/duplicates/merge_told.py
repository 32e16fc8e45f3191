"""Who is told when two logins of one human become one."""

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app.db import db
from app.duplicates.merge_facts import Two
from app.duplicates.merge_plan import Login
from app.enums import NoticeKind
from app.models import Plan
from app.notifications import notices
from app.side_tables import Notice


def tell_coordinators(two: Two, login: Login, *, at: datetime) -> None:
    """Tell those who coordinate the plans that the login which stays comes to: whoever used the one
    that ended can't be told there, and they know the person."""
    if login.ends is None or not login.gains:
        return
    text = _(
        "%(name)s was registered twice, and signs in with another login from now on. Ask the person"
        " whether that is right.",
        name=two.kept.full_name,
    )[: Notice.text.type.length]
    for plan in db.session.scalars(select(Plan).where(Plan.id.in_(login.gains))):
        if plan.coordinator_id not in two.ids:
            notices.tell_each_time(
                plan, plan.coordinator_id, NoticeKind.CHANGE_WANTED, at=at, text=text
            )
