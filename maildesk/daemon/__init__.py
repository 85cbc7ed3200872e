"""The loops that move mail: receiving, filing, sending, timekeeping."""
