"""Carrying out: one unit of work loads cases, settles a change and writes it."""
