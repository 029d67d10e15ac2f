"""What `deploy-integrations-solution.py` does: the module applied by people who keep no Terraform of their own."""
