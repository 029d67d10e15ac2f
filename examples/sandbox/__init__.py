"""A whole deployment on one machine: an AWS emulator, a Jira server and a security-ir server."""
