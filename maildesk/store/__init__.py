"""What we remember; SQLAlchemy lives here only."""
