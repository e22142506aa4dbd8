"""One module a use case, in rooms. No HTTP and no vendor; a route, a job and a command each call one function here."""
