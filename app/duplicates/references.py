"""Every column that points at a person, and what a merge does with it.

A test compares this with all foreign keys of the tables, so that the next one is thought of.
"""

MOVED: dict[tuple[str, str], str] = {
    ("plan", "owner_id"): "with all of the plan",
    ("plan", "coordinator_id"): "unless it would let a login in that had no role for it",
    ("participant", "person_id"): "one of two in the same plan ends; what has ended there stays",
    ("authority", "holder_id"): "who acts for somebody goes on doing so",
    ("authority", "owner_id"): "with the owner's plans, when that lets nobody into others",
    ("consent", "giver_id"): "with the plan of its owner, or with the authority it was given by",
    ("stand_in", "person_id"): "those that last",
    ("handover", "to_id"): "open offers",
    ("handover", "from_id"): "open offers",
    ("notice", "person_id"): "what is not seen to",
    ("plan_visit", "person_id"): "unless the one kept has been in the plan",
    ("plan_entry", "author_id"): "in plans where the one kept has had no part",
    ("membership", "person_id"): "the roles of the login that stays",
    ("unit", "leader_id"): "who leads goes on leading",
    ("incoming_plan", "coordinator_id"): "those that wait for an answer",
    ("course_attendance", "person_id"): "unless the one kept is signed up for the same course",
    ("gathering_attendance", "person_id"): "unless the one kept is asked to the same gathering",
    ("gathering_action", "responsible_id"): "who is responsible goes on being so",
    ("introduction", "person_id"): "unless the one kept has got one in the same plan",
    ("routine", "keeper_id"): "who keeps a routine goes on doing so",
    ("routine_read", "person_id"): "unless the one kept has read the same text",
    ("duplicate_pair", "first_id"): "so that a chain goes on from the one kept",
    ("duplicate_pair", "second_id"): "so that a chain goes on from the one kept",
    ("protected_address", "person_id"): "the strictest protection is that of the one kept",
}

STAYS: dict[tuple[str, str], str] = {
    ("person", "merged_into_id"): "old ids lead on from one to the next",
    ("person_merge", "kept_id"): "what was merged when; it is undone in the opposite order",
    ("person_merge", "gone_id"): "what was merged when; it is undone in the opposite order",
    ("account_link_request", "person_id"): "open questions are taken back, answers are history",
    ("emergency_access", "person_id"): "opened to one login; it ends with that",
    ("move_consent", "giver_id"): "nobody is merged while a plan of theirs moves; then history",
    ("plan_entry_version", "author_id"): "who saved what, added and never changed",
    ("pulse", "person_id"): "asked of one login; the next evaluation asks anew",
    ("tidied_plan", "coordinator_id"): "what a clean-up did, as it did it",
    ("match_key", "person_id"): "follows from the person, and is made anew",
    ("match_state", "person_id"): "follows from the person, and is made anew",
}
