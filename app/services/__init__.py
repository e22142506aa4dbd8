"""One module a use case. No HTTP and no vendor; a route, a job and a command each call one function here."""
