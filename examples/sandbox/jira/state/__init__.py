"""What a Jira site remembers: records, the site around them, workflows."""
