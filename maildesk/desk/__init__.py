"""The work of the desk on a mail: values in, values out; the time is an argument."""
