"""maildesk: a help desk that is a mailbox."""

__version__ = "0.1.0"
