"""Speed and memory of the panel at one million persons, with two peers beside it.

Run ``.venv/bin/python -m benchmarks`` from the root of the repository; nothing in the product
imports this package.
"""
