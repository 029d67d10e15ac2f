output "bus" {
  description = "The event bus: its `name` and `arn`."
  value = {
    name = aws_cloudwatch_event_bus.this.name
    arn  = aws_cloudwatch_event_bus.this.arn
  }
}

# Built from names, which a first plan knows already: it can show the queues' policies.
output "senders" {
  description = "Function → which rules send to its queue, for the queue's policy."
  value = merge(
    {
      for function, route in local.routes : function => [{
        sid     = "BusRuleDelivers"
        service = "events.amazonaws.com"
        arn     = "${local.rule_arn_prefix}/${var.name}/${route.rule}"
      }]
    },
    {
      # Named also while the rule is switched off: taking a queue's whole policy away would leave it as it was.
      security_ir_poller = [{
        sid     = "NativeEventsRuleDelivers"
        service = "events.amazonaws.com"
        arn     = "${local.rule_arn_prefix}/${local.native_rule}"
      }]
    },
  )
}

output "event_log_group" {
  description = "Name of the log group that holds every event."
  value       = aws_cloudwatch_log_group.this.name
}

output "event_log_dead_letters" {
  description = "Name of the queue with what the event log did not take."
  value       = local.event_log_dead_letters
}

output "rules" {
  description = "Names of the rules on our bus."
  value       = concat(values(aws_cloudwatch_event_rule.route)[*].name, [aws_cloudwatch_event_rule.event_log.name])
}
