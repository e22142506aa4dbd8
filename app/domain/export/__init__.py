"""The research record: the columns of an exported file, its rows under made-up names, and the card beside it."""
