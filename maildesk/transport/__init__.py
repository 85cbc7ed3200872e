"""The wire: IMAP and SMTP, and nothing that decides."""
