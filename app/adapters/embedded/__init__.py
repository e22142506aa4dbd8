"""The embedded model: which files it may be, how they are fetched and verified, and the server that answers with it."""
