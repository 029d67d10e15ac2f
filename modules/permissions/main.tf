# One file a function says all it may do, besides its own queue and log group, which the worker grants.
# ARNs are built from names, which a first plan knows already: it can show every policy in full.
# ForAllValues is true of a request that lacks the key altogether; so each one comes with Null = false.

locals {
  table_arn = "arn:${var.location.partition}:dynamodb:${var.location.region}:${var.location.account_id}:table/${var.ledger_table_name}"
  bus_arn   = "arn:${var.location.partition}:events:${var.location.region}:${var.location.account_id}:event-bus/${var.event_bus_name}"
  case_arns = "arn:${var.location.partition}:security-ir:${var.location.region}:${var.location.account_id}:case/*"
}
