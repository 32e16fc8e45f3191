"""Backups of the whole panel: database and uploaded files, sealed with the installation's key.

A backup is a folder with a manifest and two parts. The manifest is written last, so a backup
that was interrupted is none. Restoring goes into an empty panel only, and is all or nothing.
Writes every table when it restores, by the role that owns them. Sources: GDPR art. 32(1) c,
Normen 5.6.
"""
