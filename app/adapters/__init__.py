"""The outside world: hosted models, the embedded model. Filled in only where the program is put together."""
