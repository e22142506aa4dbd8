"""A person: what they say of themselves, and how they and their programs get in."""
