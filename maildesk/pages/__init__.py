"""Pages: self-contained HTML files that people look at, of values that others counted."""
