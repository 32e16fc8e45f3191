"""What people are told about their plans: notices on their own pages.

Source: ``domain.md`` 6.4: no message names a person, a unit or what stands in a plan.
"""
