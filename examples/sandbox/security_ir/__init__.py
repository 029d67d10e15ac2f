"""A stateful, strict stand-in for AWS Security Incident Response (API 2018-05-10).

boto3 finds it by the environment variable ``AWS_ENDPOINT_URL_SECURITY_IR`` or by ``endpoint_url``::

    with SecurityIrServer() as server:
        client = boto3.client("security-ir", endpoint_url=server.url, region_name="eu-central-1")
        case_id = server.aws_responder.open_case("Exposed access key")
        client.get_case(caseId=case_id)

Requests and answers follow botocore's model of the service; what the model leaves open is a switch.
"""

from __future__ import annotations

from sandbox.security_ir.api.app import named
from sandbox.security_ir.people import Person
from sandbox.security_ir.server import SecurityIrServer
from sandbox.security_ir.state.model import Attachment, Case, Comment, ThreatActorIp, Watcher
from sandbox.security_ir.state.switches import Switches

__all__ = [
    "Attachment",
    "Case",
    "Comment",
    "Person",
    "SecurityIrServer",
    "Switches",
    "ThreatActorIp",
    "Watcher",
    "named",
]
