"""CloudFormation, as far as the module needs it: stacks that hold permissions to invoke functions, done at once.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from werkzeug import Response

from .backends import ACCOUNT_ID, Backends
from .server import SignedRequest

_PERMISSION = "AWS::Lambda::Permission"
_TAG = re.compile(r"Tags\.member\.(\d+)\.(Key|Value)")
Form = Mapping[str, str]


class _Invalid(Exception):
    """What CloudFormation answers as ``ValidationError``."""


@dataclass(slots=True)
class _Stack:
    arn: str
    name: str
    region: str
    created: str
    template: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    status: str = "CREATE_COMPLETE"
    # Function → id of the statement in its policy.
    statements: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Stacks:
    """Answers requests that are signed for CloudFormation. Called with `turn` held."""

    now: Callable[[], float]
    _stacks: list[_Stack] = field(default_factory=list)

    def respond(self, request: SignedRequest) -> Response:
        form = dict(parse_qsl(request.body.decode()))
        operations: Mapping[str, Callable[[Form, str], str]] = {
            "CreateStack": self._create,
            "UpdateStack": self._update,
            "DeleteStack": self._delete,
            "DescribeStacks": self._describe,
            "GetTemplate": self._template,
        }
        action = form.get("Action", "")
        try:
            if action not in operations:
                raise _Invalid(f"{action} is not simulated")
            result = operations[action](form, request.region)
        except _Invalid as reason:
            told = f"<Type>Sender</Type><Code>ValidationError</Code><Message>{escape(str(reason))}</Message>"
            return Response(f"<ErrorResponse><Error>{told}</Error></ErrorResponse>", 400, content_type="text/xml")
        body = f"<{action}Response><{action}Result>{result}</{action}Result></{action}Response>"
        return Response(body, 200, content_type="text/xml")

    def _create(self, form: Form, region: str) -> str:
        name = form["StackName"]
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,127}", name):
            raise _Invalid(f"1 validation error detected: Value '{name}' at 'stackName' failed to satisfy constraint")
        if any(each.name == name and each.region == region for each in self._present()):
            raise _Invalid(f"Stack [{name}] already exists")
        arn = f"arn:aws:cloudformation:{region}:{ACCOUNT_ID}:stack/{name}/{uuid.uuid4()}"
        stack = _Stack(arn, name, region, datetime.fromtimestamp(self.now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
        self._put(stack, form)
        self._stacks.append(stack)
        return f"<StackId>{arn}</StackId>"

    def _update(self, form: Form, region: str) -> str:
        stack = self._find(form, region)
        if (stack.template, stack.tags) == (form["TemplateBody"], _tags(form)):
            raise _Invalid("No updates are to be performed.")
        self._take_away(stack)
        self._put(stack, form)
        stack.status = "UPDATE_COMPLETE"
        return f"<StackId>{stack.arn}</StackId>"

    def _delete(self, form: Form, region: str) -> str:
        stack = self._find(form, region)
        self._take_away(stack)
        stack.status = "DELETE_COMPLETE"
        return ""

    def _describe(self, form: Form, region: str) -> str:
        stack = self._find(form, region)
        tags = "".join(
            f"<member><Key>{escape(key)}</Key><Value>{escape(value)}</Value></member>"
            for key, value in stack.tags.items()
        )
        told = {
            "StackId": stack.arn,
            "StackName": stack.name,
            "StackStatus": stack.status,
            "CreationTime": stack.created,
            "DisableRollback": "false",
        }
        lines = "".join(f"<{name}>{value}</{name}>" for name, value in told.items())
        return f"<Stacks><member>{lines}<Tags>{tags}</Tags></member></Stacks>"

    def _template(self, form: Form, region: str) -> str:
        return f"<TemplateBody>{escape(self._find(form, region).template)}</TemplateBody>"

    def _put(self, stack: _Stack, form: Form) -> None:
        for name, resource in json.loads(form["TemplateBody"])["Resources"].items():
            properties = resource["Properties"]
            function = Backends(stack.region).function(properties["FunctionName"])
            if resource["Type"] != _PERMISSION or function is None:
                raise _Invalid(f"{name} is no permission of a function that is here")
            sid = f"{stack.name}-{name}-{uuid.uuid4().hex[:12]}"
            function.policy.add_statement(raw=json.dumps({**properties, "StatementId": sid}))
            stack.statements.append((properties["FunctionName"], sid))
        stack.template, stack.tags = form["TemplateBody"], _tags(form)

    def _take_away(self, stack: _Stack) -> None:
        for name, sid in stack.statements:
            function = Backends(stack.region).function(name)
            if function is not None:
                function.policy.del_statement(sid)
        stack.statements.clear()

    def _present(self) -> list[_Stack]:
        return [stack for stack in self._stacks if stack.status != "DELETE_COMPLETE"]

    def _find(self, form: Form, region: str) -> _Stack:
        """By its ARN also one that was deleted, by its name only one that is there."""
        named = form["StackName"]
        found = [stack for stack in self._stacks if stack.arn == named]
        found += [stack for stack in self._present() if (stack.name, stack.region) == (named, region)]
        if not found:
            raise _Invalid(f"Stack with id {named} does not exist")
        return found[-1]


def _tags(form: Form) -> dict[str, str]:
    told: dict[str, dict[str, str]] = {}
    for name, value in form.items():
        if part := _TAG.fullmatch(name):
            told.setdefault(part[1], {})[part[2]] = value
    return {tag["Key"]: tag.get("Value", "") for tag in told.values()}
