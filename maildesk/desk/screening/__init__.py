"""What one mail is to us: whose it is, where it belongs, what it says, whether we had it."""
