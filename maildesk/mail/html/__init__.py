"""HTML mail: as text, and as a page that harms nobody."""
