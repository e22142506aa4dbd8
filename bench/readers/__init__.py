"""What the induction is worth on real people, with strong readers behind the language model port."""
