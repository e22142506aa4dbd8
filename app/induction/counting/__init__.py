"""What can be counted, and the weights that choices give it. No model calls."""
