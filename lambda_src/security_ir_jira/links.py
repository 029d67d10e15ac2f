"""Addresses that people click on."""

from __future__ import annotations

from .model import Case


def case_url(case: Case) -> str:
    """A case's page in the AWS console, from its ARN (``arn:aws:security-ir:<region>:<account>:case/<id>``)."""
    region = (case.arn.split(":") + [""] * 4)[3]
    return f"https://{region}.console.aws.amazon.com/security-ir/home?region={region}#/cases/{case.id}"
