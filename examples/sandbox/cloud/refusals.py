"""AWS's answer to whoever may not do something, in the words of each protocol."""

from __future__ import annotations

import json

from werkzeug import Response

from .policy import Ask
from .server import SignedRequest

_REST_JSON = ("lambda", "scheduler")


def access_denied(request: SignedRequest, caller: str, ask: Ask) -> Response:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html"""
    message = f"User: {caller} is not authorized to perform: {ask.action} on resource: {ask.resource}"
    if request.target:
        body = json.dumps({"__type": "AccessDeniedException", "message": message})
        return Response(body, 400, content_type="application/x-amz-json-1.0")
    if request.service in _REST_JSON:
        named = {"X-Amzn-ErrorType": "AccessDeniedException"}
        return Response(json.dumps({"message": message}), 403, named, content_type="application/json")
    error = f"<Error><Code>{{code}}</Code><Message>{message}</Message></Error>"
    if request.service == "ec2":
        xml = f"<Response><Errors>{error.format(code='UnauthorizedOperation')}</Errors></Response>"
    elif request.service == "s3":
        xml = error.format(code="AccessDenied")
    else:
        xml = f"<ErrorResponse>{error.format(code='AccessDenied')}</ErrorResponse>"
    return Response(xml, 403, content_type="text/xml")
