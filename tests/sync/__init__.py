"""The semantics, acted out in one process: real sources, sinks and ledger between a Jira and a security-ir server."""
