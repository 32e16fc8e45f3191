"""The templates that a municipality begins with: a content for each, written for this product."""
