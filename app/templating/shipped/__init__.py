"""The templates that are shipped, by whom they are for."""
