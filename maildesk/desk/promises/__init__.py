"""Promised times: working hours, typed times, and what time makes happen."""
