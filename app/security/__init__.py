"""Who somebody is and what they may: the only place that decides.

``policy.decide`` answers for one thing, ``scope.visible`` for what a list, a search, a choice, an
export or a count may hold; the two agree. ``tenancy`` and ``walls`` keep municipalities apart
below that, whatever the code above forgets. Writes sessions, tokens and throttles; no pages.
"""
