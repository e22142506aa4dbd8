"""Reading what people bring in: one file a format, a detector, and one rule for text and limits."""
