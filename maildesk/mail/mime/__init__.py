"""The form of a mail: header fields, parts, character sets, files."""
