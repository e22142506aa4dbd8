"""People: accounts and how they are entered again, sign-ins, tokens, consents, what they may store."""
