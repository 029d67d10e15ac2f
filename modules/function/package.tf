# Where the zip is.

locals {
  in_bucket = var.settings.packages.in_bucket

  path = "${coalesce(var.settings.packages.directory, ".")}/${var.package}.zip"
  key  = join("/", compact([trim(coalesce(var.settings.packages.s3_prefix, "/"), "/"), "${var.package}.zip"]))
}

# What stands under the key now: where the bucket keeps versions, another zip under the same key is a change that a
# plan shows. Without versions only another prefix is.
data "aws_s3_object" "package" {
  count = local.in_bucket ? 1 : 0

  bucket = var.settings.packages.s3_bucket
  key    = local.key
}
