"""The REST side: Flask-AppBuilder's generated resources, behind our policy and scope.

Programs come with a bearer token that a user made; ``app.screens.gate`` finds out whose it is.
What a resource may do is decided where the screens ask, and written by the same operations.
"""
