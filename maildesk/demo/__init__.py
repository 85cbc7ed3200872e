"""The demo: a whole little world of mail on this machine, and a story played in it by the real programs."""
