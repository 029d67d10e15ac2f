"""Jira's own webhooks, at a public address: who signed one is heard, and what it says is not believed."""
