"""Says which of the recorded calls the official SDK would have signed otherwise, or not have made at all."""

import base64
import json
import sys

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.session import get_session

session = get_session()


def unknown(shape, value, place):
    """What of a JSON input a service's model does not have."""
    if shape.type_name == "structure":
        members = shape.members.items()
        named = {member.serialization.get("name", name): member for name, member in members if "location" not in member.serialization}
        for name, inner in value.items():
            if name not in named:
                yield f"{place}.{name}"
            else:
                yield from unknown(named[name], inner, f"{place}.{name}")
    elif shape.type_name == "list":
        for inner in value:
            yield from unknown(shape.member, inner, place)
    elif shape.type_name == "map":
        for inner in value.values():
            yield from unknown(shape.value, inner, place)
    elif not isinstance(value, {"string": str, "integer": int, "boolean": bool, "blob": str}.get(shape.type_name, object)):
        yield f"{place}: {value!r} is no {shape.type_name}"


recorded = json.load(open(sys.argv[1]))
credentials = Credentials(*recorded["keys"])
for call in recorded["calls"]:
    headers = call["headers"]
    scheme, rest = headers["authorization"].split(" ", 1)
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    _, date, region, service, _ = parts["Credential"].split("/")
    signed = parts["SignedHeaders"].split(";")
    wanted = {"host", "x-amz-date", "x-amz-security-token"} | {name for name in headers if name == "x-amz-target"}
    if not wanted <= set(signed):
        print(f"{call['operation']}: not signed: {', '.join(sorted(wanted - set(signed)))}")
        continue
    body = base64.b64decode(call["body"])
    if body.startswith(b"{"):
        model = session.get_service_model({"apigateway": "apigatewayv2"}.get(service, service)).operation_model(call["operation"])
        if call["method"] != model.http["method"]:
            print(f"{call['operation']}: is a {model.http['method']}")
        for place in unknown(model.input_shape, json.loads(body), call["operation"]):
            print(f"{place}: the service does not know it")
    request = AWSRequest(
        method=call["method"],
        url=f"http://{headers['host']}{call['path']}",
        data=body,
        headers={name: headers[name] for name in signed},
    )
    request.context["timestamp"] = headers["x-amz-date"]
    signer = (S3SigV4Auth if service == "s3" else SigV4Auth)(credentials, service, region)
    # The SDK reads a query where it signs, from the address.
    text = signer.string_to_sign(request, signer.canonical_request(request))
    if (scheme, parts["Signature"]) != ("AWS4-HMAC-SHA256", signer.signature(text, request)):
        print(f"{call['operation']}: another signature")
