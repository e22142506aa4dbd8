"""What a statement about a person may say, and when two say the same."""
