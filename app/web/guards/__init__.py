"""Who may ask, how much, how large, and in which transaction."""
