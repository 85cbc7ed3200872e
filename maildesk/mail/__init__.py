"""What an e-mail is: bytes and values; no I/O, no clock, no configuration."""
