"""The new words of a reply: history, attributions and signatures taken off."""
