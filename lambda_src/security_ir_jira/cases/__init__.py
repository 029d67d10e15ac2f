"""AWS Security Incident Response, API 2018-05-10: https://docs.aws.amazon.com/security-ir/latest/APIReference/."""
