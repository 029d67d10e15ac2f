# Shared by all functions that talk to Jira.

data "aws_iam_policy_document" "jira_credentials" {
  source_policy_documents = [data.aws_iam_policy_document.decrypts["DecryptsTheGivenToken"].json]

  statement {
    sid       = "ReadsTheJiraCredentials"
    actions   = ["ssm:GetParameters"]
    resources = var.credential_arns
  }
}
