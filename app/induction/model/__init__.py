"""The port to a language model, and fitting texts into what it takes."""
