"""Django admin with the register."""
