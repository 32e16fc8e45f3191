"""What may stand where in a plan: the kinds of content, their sections, what they may be part of.

Pure. Who may write what is decided in ``app.security``.
"""

from dataclasses import dataclass

from app.enums import EntryKind, Section


@dataclass(frozen=True)
class Place:
    """Where a kind stands: in which section (None: that of what it is part of, or of its section of
    the template), and under what."""

    section: Section | None
    parents: tuple[EntryKind, ...] = ()
    stands_alone: bool = True


PLACES: dict[EntryKind, Place] = {
    EntryKind.ABOUT: Place(Section.ABOUT_ME),
    EntryKind.MAPPING: Place(Section.MAPPING),
    EntryKind.GOAL: Place(Section.GOALS, (EntryKind.GOAL,)),
    EntryKind.ACTIVITY: Place(Section.ACTIVITIES, (EntryKind.GOAL,)),
    EntryKind.EVALUATION: Place(None, (EntryKind.GOAL, EntryKind.ACTIVITY), stands_alone=False),
    EntryKind.COMMENT: Place(
        Section.COMMENTS,
        tuple(one for one in EntryKind if one not in (EntryKind.COMMENT, EntryKind.EVALUATION)),
    ),
    EntryKind.SUB_PLAN: Place(Section.SUB_PLANS),
    EntryKind.MEETING: Place(Section.MEETINGS),
    EntryKind.DOCUMENT: Place(Section.DOCUMENTS),
    EntryKind.FORM: Place(None),
}

ADDED_IN: dict[Section, EntryKind] = {
    place.section: kind for kind, place in PLACES.items() if place.section is not None
}
"""What the button of each section adds."""

WRITTEN = tuple(ADDED_IN)
"""The sections that hold content."""

ORDERED = frozenset(
    {
        EntryKind.ABOUT,
        EntryKind.MAPPING,
        EntryKind.GOAL,
        EntryKind.ACTIVITY,
        EntryKind.SUB_PLAN,
    }
)
"""Kinds that people put in order; the others follow the time."""

MOVED = frozenset({EntryKind.GOAL, EntryKind.ACTIVITY})
"""Kinds that can be made part of something else."""


def section_of(kind: EntryKind, parent_section: Section | None) -> Section | None:
    """The section of something of this kind; None where it must be part of something and is not,
    and for a form, which stands where the template says."""
    return PLACES[kind].section or parent_section
