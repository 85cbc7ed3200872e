"""Letters: which kinds there are, who gets them, and their words."""
