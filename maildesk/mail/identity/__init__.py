"""Who wrote a mail and what it is: authentication results, Message-IDs, references, tokens."""
