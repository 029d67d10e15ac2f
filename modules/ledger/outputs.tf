output "table" {
  description = "The ledger: its `name` and `arn`."
  value = {
    name = aws_dynamodb_table.this.name
    arn  = aws_dynamodb_table.this.arn
  }
}
