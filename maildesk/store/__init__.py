"""The memory of the desk; SQLAlchemy lives here only."""
