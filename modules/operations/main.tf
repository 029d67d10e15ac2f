locals {
  full_name      = "${var.name}-operations"
  package_path   = "${var.function.packages_directory}/${local.package}.zip"
  package        = "security_ir_client" # each zip holds what all functions share
  log_group_name = "/aws/lambda/${local.full_name}"
  log_group_arn  = "arn:${var.location.partition}:logs:${var.location.region}:${var.location.account_id}:log-group:${local.log_group_name}"
  # The doctor waits for one answer after the other.
  timeout_seconds = 300

  # Shorter than what the workers are told besides, whose size is checked.
  environment = merge(var.function.environment, {
    INSTALLATION = jsonencode({
      partition     = var.location.partition
      dns_suffix    = var.location.dns_suffix
      native_events = var.installation.native_events
      schedules     = var.installation.schedules
    })
    POWERTOOLS_SERVICE_NAME = "operations"
  })
}

# Made before the function: Lambda would make a group that keeps everything for ever, and Terraform could not take it over.
resource "aws_cloudwatch_log_group" "this" {
  name              = local.log_group_name
  retention_in_days = var.function.log_retention_days
  tags              = var.tags
}

data "aws_iam_policy_document" "role" {
  source_policy_documents = [var.function.policy]

  statement {
    sid = "WritesItsLog"
    actions = [
      "logs:CreateLogStream",
      "logs:PutLogEvents",
    ]
    resources = ["${local.log_group_arn}:*"]
  }
}

module "role" {
  source = "../role"

  name        = local.full_name
  description = "Execution role of the function ${local.full_name}"
  region      = var.location.region
  service     = "lambda.amazonaws.com"
  policy      = data.aws_iam_policy_document.role.json
  tags        = var.tags
}

resource "aws_lambda_function" "this" {
  function_name    = local.full_name
  description      = "Doctor, resync and backfill, invoked by hand; writes neither Jira nor cases"
  role             = module.role.arn
  handler          = "security_ir_jira.shell.operations.handler"
  runtime          = var.function.runtime
  architectures    = [var.function.architecture]
  filename         = local.package_path
  source_code_hash = fileexists(local.package_path) ? filebase64sha256(local.package_path) : null
  memory_size      = var.function.memory_mb
  timeout          = local.timeout_seconds
  tags             = var.tags

  environment {
    variables = local.environment
  }

  lifecycle {
    precondition {
      condition     = fileexists(local.package_path)
      error_message = "${local.package_path} is missing. Run ./build.sh in the module's directory, or set lambda_packages = { directory = … } to where the zips are."
    }
  }

  depends_on = [aws_cloudwatch_log_group.this]
}
