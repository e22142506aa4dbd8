"""What is induced of a person: traits, what counting says, style, and what a sentence claims of it."""
