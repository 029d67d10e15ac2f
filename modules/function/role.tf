locals {
  # What each service does with the customer key on the function's behalf:
  # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
  # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
  # https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html
  uses_of_the_customer_key = {
    dynamodb = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo"]
    sqs      = ["kms:Decrypt", "kms:GenerateDataKey"]
    ssm      = ["kms:Decrypt"]
  }
}

data "aws_iam_policy_document" "role" {
  source_policy_documents = [var.policy]

  statement {
    sid = "WritesItsLog"
    actions = [
      "logs:CreateLogStream",
      "logs:PutLogEvents",
    ]
    resources = ["${local.log_group_arn}:*"]
  }

  dynamic "statement" {
    for_each = { for service, actions in local.uses_of_the_customer_key : service => actions if var.settings.kms_key_arn != null && contains(var.keyed_services, service) }

    content {
      sid       = "UsesTheCustomerKeyBy${title(statement.key)}"
      actions   = statement.value
      resources = [var.settings.kms_key_arn]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["${statement.key}.${var.location.region}.${var.location.dns_suffix}"]
      }
    }
  }

  # Lambda, with this role, gives the function its place in the subnets:
  # https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
  dynamic "statement" {
    for_each = var.settings.vpc_config[*]

    content {
      sid = "LambdaMakesItsNetworkInterfaces"
      actions = [
        "ec2:AssignPrivateIpAddresses",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:UnassignPrivateIpAddresses",
      ]
      # Of any account: subnets may be shared by the one that owns the network.
      resources = ["arn:${var.location.partition}:ec2:${var.location.region}:*:*/*"]
    }
  }

  dynamic "statement" {
    for_each = var.settings.vpc_config[*]

    content {
      sid = "LambdaSeesItsNetworkInterfaces"
      actions = [
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
      ]
      # Neither has a resource type:
      # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
      resources = ["*"]
    }
  }

  # What runs in the function has no business with the network that it runs in.
  dynamic "statement" {
    for_each = var.settings.vpc_config[*]

    content {
      sid    = "TheFunctionItselfDoesNot"
      effect = "Deny"
      actions = [
        "ec2:AssignPrivateIpAddresses",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:UnassignPrivateIpAddresses",
      ]
      resources = ["*"] # a bar, which is the better the wider it is

      condition {
        test     = "ArnEquals"
        variable = "lambda:SourceFunctionArn"
        values   = ["arn:${var.location.partition}:lambda:${var.location.region}:${var.location.account_id}:function:${var.name}"]
      }
    }
  }
}

module "role" {
  source = "../role"

  name        = var.name
  description = "Execution role of the function ${var.name}"
  region      = var.location.region
  service     = "lambda.amazonaws.com"
  policy      = data.aws_iam_policy_document.role.json
  limits      = var.settings.role
  tags        = var.tags
}
