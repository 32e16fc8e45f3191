"""People: who a person is, as written, as searched for and as imported.

The modules here that hold no database and no clock are the rules: identity numbers, names,
contact data, uploaded tables. Names, contact data and birth dates are the person's own fields;
an identity number is one fact among several and never the source of another field.
"""
