# The address that Jira calls. It cannot sign for AWS, so everybody may call it: whom the function hears it decides by
# Jira's own signature.

resource "aws_lambda_function_url" "this" {
  #checkov:skip=CKV_AWS_258:Jira cannot sign for AWS; the function asks for Jira's own signature before anything else.

  function_name      = module.function.function.name
  authorization_type = "NONE"
}

# Such an address needs two statements in the function's policy. The provider writes the first with the address,
# lambda:InvokeFunctionUrl for the type NONE. The second, which AWS demands since October 2025, has a condition that its
# aws_lambda_permission has no argument for before version 6.29; without the condition all of AWS's customers could invoke
# the function, past the address. CloudFormation knows it.
# https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-permission.html
resource "aws_cloudformation_stack" "permission" {
  #checkov:skip=CKV_AWS_124:It holds one statement of a policy, which Terraform watches; nobody waits for news of it.

  name = replace(local.full_name, "_", "-") # a stack's name has no underscores
  tags = var.tags

  template_body = jsonencode({
    Description = "Lets requests to the address of ${local.full_name} invoke it"
    Resources = {
      InvokedByItsAddressOnly = {
        Type = "AWS::Lambda::Permission"
        Properties = {
          Action                = "lambda:InvokeFunction"
          FunctionName          = module.function.function.name
          InvokedViaFunctionUrl = true
          Principal             = "*"
        }
      }
    }
  })
}
