"""One module a shape of preference rows; what the shapes share is beside them."""
