"""Simulating: the past of a desk replayed through another policy, with the rules of the desk itself."""
