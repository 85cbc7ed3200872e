"""The operator's settings: people, policy, rules, and the desk as a whole."""
