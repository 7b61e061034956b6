"""Calls the stub with Tencent's SDK for Python and prints what it makes of the answers."""

import base64
import json
import sys

from tencentcloud.common import credential
from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.scf.v20180416 import models, scf_client

endpoint, secret_id, secret_key, region = sys.argv[1:]
host = endpoint.removeprefix("http://")
profile = ClientProfile(httpProfile=HttpProfile(protocol="http", endpoint=host))


def client(key):
    return scf_client.ScfClient(credential.Credential(secret_id, key), region, profile)


def call(action, **members):
    request = getattr(models, action + "Request")()
    request.from_json_string(json.dumps(members))
    answer = json.loads(getattr(scf, action)(request).to_json_string())
    answer.pop("RequestId")
    return {name: value for name, value in answer.items() if value is not None}


def refused(run):
    try:
        run()
    except TencentCloudSDKException as error:
        return error.code
    return "not refused"


scf = client(secret_key)

# What fx has written.
function = call("GetFunction", FunctionName="shop")
print({name: function[name] for name in ("Type", "Runtime", "Handler", "MemorySize", "Tags", "Status")})
print(function["Environment"])
print(call("GetAlias", FunctionName="shop", Name="$DEFAULT"))
trigger = call("ListTriggers", FunctionName="shop")["Triggers"][0]
print(trigger["Type"], trigger["Qualifier"], trigger["Enable"], json.loads(trigger["TriggerDesc"])["AuthType"])
print([version["Version"] for version in call("ListVersionByFunction", FunctionName="shop")["Versions"]])

# What fx reads.
zip_file = base64.b64encode(b"PK sdk").decode()
call("CreateFunction", FunctionName="theirs", Code={"ZipFile": zip_file}, Runtime="CustomRuntime", Handler="main",
     MemorySize=128, Environment={"Variables": [{"Key": "A", "Value": "1"}]}, Tags=[{"Key": "team", "Value": "x"}])
print(call("GetFunction", FunctionName="theirs")["Status"])
call("CreateTrigger", FunctionName="theirs", TriggerName="t", Type="timer", TriggerDesc="0 0 3 * * * *",
     Qualifier="$DEFAULT", Enable="OPEN", CustomArgument="go")
print(call("ListTriggers", FunctionName="theirs")["Triggers"][0]["TriggerDesc"])
print(call("PublishVersion", FunctionName="shop", Description="by hand")["FunctionVersion"])
print(call("GetFunction", FunctionName="shop", Qualifier="2")["Status"])
print(call("ListFunctions", Filters=[{"Name": "tag-fx", "Values": ["shop"]}])["TotalCount"])
print(call("InvokeFunction", FunctionName="shop", Event="{}")["Result"]["RetMsg"])
print(len(call("GetFunctionAddress", FunctionName="shop")["CodeSha256"]))

print([alias["Name"] for alias in call("ListAliases", FunctionName="shop", Offset="0", Limit="20")["Aliases"]])

# The other services.
sts = CommonClient("sts", "2018-08-13", credential.Credential(secret_id, secret_key), region, profile)
print(sts.call_json("GetCallerIdentity", {})["Response"]["AccountId"])
cam = CommonClient("cam", "2019-01-16", credential.Credential(secret_id, secret_key), region, profile)
print(cam.call_json("GetUserAppId", {})["Response"]["AppId"])

# What is refused.
print(refused(lambda: client("wrong").GetFunction(models.GetFunctionRequest())))
print(refused(lambda: call("GetFunction", FunctionName="nobody")))
print(refused(lambda: call("CreateFunction", FunctionName="shop", Code={"ZipFile": zip_file}, Runtime="CustomRuntime")))
print(refused(lambda: call("UpdateAlias", FunctionName="shop", Name="$DEFAULT", FunctionVersion="9")))
print(refused(lambda: call("DeleteTrigger", FunctionName="theirs", TriggerName="t", Type="timer")))
print(refused(lambda: sts.call_json("GetFunction", {})))
