"""Does the exported prompt change answers? A model answers fixed requests with and without it, and code counts what moved."""
