# What people type. The answer goes to standard output by way of a file, for the CLI writes it to nothing else; what it
# says besides is left out. Named as its file, an output that is redirected to one would lose what stands there already.
# In the CLI's version 2 a payload is base64 unless it comes by fileb://, which version 1 takes as well.

locals {
  invoke = join(" ", [
    "{ answer=$(mktemp) && aws lambda invoke --function-name ${local.full_name} --region ${var.location.region}",
    "--cli-read-timeout ${local.timeout_seconds + 10} --payload fileb:///dev/stdin \"$answer\" >/dev/null && cat \"$answer\";",
    "code=$?; rm -f \"$answer\"; (exit $code); }",
  ])

  doctor_command   = "echo '{\"doctor\": {}}' | ${local.invoke}"
  resync_command   = "sh -c ': \"$${1:?add a case id or an issue key to the command}\"; printf \"{\\\"resync\\\": \\\"%s\\\"}\" \"$1\" | ${local.invoke}' resync"
  backfill_command = "sh -c 'printf \"{\\\"backfill\\\": \\\"%s\\\", \\\"action\\\": \\\"%s\\\"}\" \"$${1:-}\" \"$${2:-status}\" | ${local.invoke}' backfill"
}
