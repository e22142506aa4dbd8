"""The paper's questions over many people: what works, how much more choices help, what carries over to another model."""
