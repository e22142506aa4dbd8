"""Bringing choices in: sample histories and files of preferences (`files`), pasted conversations (`conversations`), and what
is told of an import (`reports`)."""
