"""One YAML file becomes frozen settings; an error names file, line, key and remedy."""
