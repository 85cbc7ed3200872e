"""What the operator set: people, policy, rules, and the desk as a whole."""
