# Terraform's own rules, all of them. tflint comes with this plugin: nothing is downloaded.
plugin "terraform" {
  enabled = true
  preset  = "all"
}

# It wants all variables in one file; the root's are cut by idea. tests/unit/test_layout.py holds modules to the rest.
rule "terraform_standard_module_structure" {
  enabled = false
}
