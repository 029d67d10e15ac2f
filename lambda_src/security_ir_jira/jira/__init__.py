"""Jira Cloud, platform REST API v3: https://developer.atlassian.com/cloud/jira/platform/rest/v3/."""
