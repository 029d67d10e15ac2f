"""What Jira would accept or refuse: fields, documents, workflow, permissions, limits, JQL."""
