"""From preference pairs to a persona and a prompt. Knows the domain and one port, the language model."""
