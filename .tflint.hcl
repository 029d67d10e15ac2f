# Terraform's own rules, all of them. tflint comes with this plugin: nothing is downloaded.
plugin "terraform" {
  enabled = true
  preset  = "all"
}
