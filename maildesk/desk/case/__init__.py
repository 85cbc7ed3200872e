"""The case: its states and events, the law that applies them, and what a change of it owes."""
