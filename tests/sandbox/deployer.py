"""The policies that the guide gives to whoever applies the module, filled in as it says, and what else is needed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.cloud import Cloud
from tests.conftest import REPOSITORY

POLICY = REPOSITORY / "docs" / "deployer-policy.json"
OPTIONS = REPOSITORY / "docs" / "deployer-policy-options.json"
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Instance:
    """What an instance of the module puts in the place of what the policies name.

    `filled`: further replacements, such as of a bucket; `options`: the optional statements its settings need.
    """

    region: str
    name: str = "security-ir-jira"
    parameters: str = "/SecurityIncidentResponse"
    role_path: str = "/"
    filled: Mapping[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()

    def documents(self, cloud: Cloud) -> list[Document]:
        """The policy, and those of the options that are needed."""
        policy, options = self._filled_in(POLICY.read_text(), cloud), self._filled_in(OPTIONS.read_text(), cloud)
        wanted = [statement for statement in options["Statement"] if statement["Sid"] in self.options]
        assert sorted(statement["Sid"] for statement in wanted) == sorted(self.options)
        return [policy, {"Statement": wanted}]

    def _filled_in(self, text: str, cloud: Cloud) -> Document:
        given = {
            "111122223333": cloud.account_id,
            "us-east-1": self.region,
            "/SecurityIncidentResponse": self.parameters,
            "role/security-ir-jira": f"role{self.role_path}{self.name}",
            "security-ir-jira": self.name,
            **self.filled,
        }
        longest_first = sorted(given, key=len, reverse=True)
        found: Document = json.loads(re.sub("|".join(map(re.escape, longest_first)), lambda m: given[m[0]], text))
        return found


def permissions(*actions: str, on: str, why: str) -> Document:
    """A policy that allows some actions on a resource."""
    return {"Statement": [{"Sid": why, "Effect": "Allow", "Action": list(actions), "Resource": on}]}
