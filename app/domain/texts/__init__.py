"""What is said: turns and contexts, their language, what a request asks for, what of a text is kept."""
