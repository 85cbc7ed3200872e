"""E-mails as they are: bytes and values; no I/O, no clock, no configuration."""
