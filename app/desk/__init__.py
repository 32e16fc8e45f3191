"""The local administrator's desk: what to do now, overview and clean-up. Writes ``tidied_plan``."""
