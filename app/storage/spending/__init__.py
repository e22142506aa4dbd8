"""What calls cost and how often something was asked: the ledger, the counters, the keys of addresses."""
