"""From the bytes of a file to its rows, each with its place: packed, JSON, tables, lists."""
