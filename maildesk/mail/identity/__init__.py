"""The writer of a mail, and the mail's identity: authentication results, Message-IDs, references, tokens."""
