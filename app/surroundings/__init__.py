"""What surrounds the program and is written by hand: `.env`, key files, names and values of settings. `settings` and `starting` use it."""
