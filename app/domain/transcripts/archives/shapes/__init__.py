"""One module a product or data set: how its rows are told apart, and how they are read."""
