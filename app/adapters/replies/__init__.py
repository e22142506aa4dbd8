"""What a provider sent, read: is it an answer, whole and the one asked for, and if not, what is it."""
