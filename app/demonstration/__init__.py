"""A made-up world to try the panel in: two municipalities, their units, people and logins.

Nobody in it exists: names are drawn from lists and national ids are synthetic (month + 80). It is
loaded into an empty database only, and never in production. Writes through the operations of the
other packages.
"""
