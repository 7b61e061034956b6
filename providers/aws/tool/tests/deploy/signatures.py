"""Says which of the recorded calls the official SDK would have signed otherwise."""

import base64
import json
import sys

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

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
    request = AWSRequest(
        method=call["method"],
        url=f"http://{headers['host']}{call['path']}",
        data=base64.b64decode(call["body"]),
        headers={name: headers[name] for name in signed},
    )
    request.context["timestamp"] = headers["x-amz-date"]
    signer = (S3SigV4Auth if service == "s3" else SigV4Auth)(credentials, service, region)
    # The SDK reads a query where it signs, from the address.
    text = signer.string_to_sign(request, signer.canonical_request(request))
    if (scheme, parts["Signature"]) != ("AWS4-HMAC-SHA256", signer.signature(text, request)):
        print(f"{call['operation']}: another signature")
