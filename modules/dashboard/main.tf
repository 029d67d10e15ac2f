# One page that answers in this order: is it healthy, how late is it, what is stuck and why, what does it do and cost.
# The rows are in files of their own; here they are stacked.

locals {
  # An account has one list of dashboards for all of its Regions.
  name = "${var.name}-${var.location.region}"

  functions      = sort(keys(var.workers))
  jira_functions = [for function in local.functions : function if function != "security_ir_poller"]

  # A row: its heading, how high its widgets are, and the widgets from left to right, as wide as they say.
  rows = [local.health, local.lateness, local.trouble, local.reasons, local.throughput]

  heights = [for row in local.rows : row.height + 1]
  tops    = [for index, row in local.rows : sum(concat([0], slice(local.heights, 0, index)))]

  widgets = flatten([for index, row in local.rows : concat(
    [{ type = "text", x = 0, y = local.tops[index], width = 24, height = 1, properties = { markdown = "## ${row.heading}" } }],
    [for place, widget in row.widgets : {
      type       = widget.type
      x          = sum(concat([0], [for before in slice(row.widgets, 0, place) : before.width]))
      y          = local.tops[index] + 1
      width      = widget.width
      height     = row.height
      properties = jsondecode(widget.properties)
    }],
  )])

  body = jsonencode({ start = "-PT12H", widgets = local.widgets })
}

resource "aws_cloudwatch_dashboard" "this" {
  count = var.enabled ? 1 : 0

  dashboard_name = local.name
  dashboard_body = local.body
}
