"""Mails that no person wrote: automatic answers, absence notes, bounces."""
