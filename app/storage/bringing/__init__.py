"""Archives of other products: what waits for its person's word (`archives`), what is taken of it (`taken`, `own_words`), and choices
that are to be confirmed (`suggested`)."""
