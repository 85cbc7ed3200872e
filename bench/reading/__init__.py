"""What reading a mail costs: an ordinary one, and whatever an attacker may make large."""
