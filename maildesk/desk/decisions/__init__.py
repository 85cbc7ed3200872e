"""What the desk does: about a mail, a command, an act."""
