"""What no person wrote: automatic answers, absence notes, bounces."""
