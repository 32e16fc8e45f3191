"""The national register of municipalities and counties, and what changes in it.

The register lies in ``register.toml``; newer facts come as files from SSB KLASS. Writes no table.
"""
