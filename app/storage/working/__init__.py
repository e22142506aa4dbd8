"""Work and what came of it: runs, personas, who does what, how models are and what they take."""
