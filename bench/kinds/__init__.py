"""How well it is told what kind of thing a request asks for, on requests labelled by hand."""
