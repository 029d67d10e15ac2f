"""The source on Jira's side: notifications and the issue sweep become events on the bus."""
