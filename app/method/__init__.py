"""What makes the method succeed: courses, routines, gatherings. Writes their tables."""
