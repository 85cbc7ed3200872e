"""How fast the desk is: real Dovecot, real daemon, a sink for its letters, and the floor to compare with."""
