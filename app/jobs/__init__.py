"""Long work in the background, and the commands of the panel. Writes ``job``."""
