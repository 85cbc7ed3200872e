"""The screening of one mail: whose it is, where it belongs, what it says, whether we had it."""
