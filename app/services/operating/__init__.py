"""What operators see and do, and what is forgotten by itself."""
