"""How many verdicts and pages a second one web process gives, beside a bare endpoint of the same run."""
