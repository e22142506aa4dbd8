"""Reading what people bring in: rows out of files, one module a format, a detector, pastes, one rule for text and limits."""
