"""What the service remembers: cases, files, client tokens, and the switches of one server."""
