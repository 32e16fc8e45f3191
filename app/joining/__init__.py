"""One municipality goes into another (*kommunesammenslåing*), as one piece of work.

By the law on the division into municipalities (inndelingslova) the municipality that takes over
enters into all rights and duties of the other: the same controller goes on. So everything moves as
it is, nobody consents, and who sees which plan is the same before and after. That is another thing
than sending a plan or a service to another municipality, which is another controller: there a plan
goes by itself, with the owner's consent (``app.plans.moving``). Nothing here is used for that.

Two decide: a central administrator, who sees numbers alone, and a local administrator of the one
that takes over, who looks over the same numbers. The job changes ``municipality_id`` of all rows in
one transaction of the tables' owner (``app.security.lifting``): wholly or not at all. What moves is
read from the tables (``references``), what collides is settled in favour of the one that takes over
(``settling``), and what would change somebody's access stops all of it (``looking``). Ids stay, so
links do. It can't be undone.

What stays where it was: the log, closed, and read by those who administer the other from then on;
and kinds of plans, ages and learned weights for which the other has its own. What lets somebody be
found as a duplicate is made anew, since its key is the municipality's own.
"""
