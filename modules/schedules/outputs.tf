output "schedules" {
  description = "Sweep → name of its schedule; a sweep that is switched off is not there."
  value       = { for name, schedule in aws_scheduler_schedule.sweep : name => schedule.name }
}
