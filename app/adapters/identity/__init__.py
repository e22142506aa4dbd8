"""Identity providers: how one is asked who somebody is, and how little its answer is trusted."""
