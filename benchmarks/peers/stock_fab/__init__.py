"""Stock Flask-AppBuilder with the register."""
