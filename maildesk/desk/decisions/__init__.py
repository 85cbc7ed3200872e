"""The decisions of the desk: about a mail, a command, an act."""
