"""Jira on the wire: REST v3 held against its contract, JSON as Jira writes it, pages for people."""
