"""Importing: the mail of another desk becomes cases with their own dates; nobody is written to."""
