"""What a reply says that is new: history, attributions and signatures taken off."""
