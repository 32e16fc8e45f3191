"""Numbers over many plans and persons, with small groups left out. Reads only."""
