"""The models that write answers to prompts: those of the settings, or of a file that is read again as it changes."""
