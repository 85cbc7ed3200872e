"""What we do about a mail: values in, values out; the time is an argument."""
