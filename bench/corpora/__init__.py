"""What the reader makes of labelled mails that others collected; the mails are no part of the project."""
