"""The room of figures: what a desk did in a week, counted once for whoever shows it."""
