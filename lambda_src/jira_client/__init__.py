"""The sink that writes Jira."""
