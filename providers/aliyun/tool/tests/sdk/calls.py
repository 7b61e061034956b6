"""Calls of the official SDK: endpoint, key, secret, and which part to run. Prints JSON."""

import base64
import io
import json
import sys
import zipfile

from alibabacloud_fc20230330 import models
from alibabacloud_fc20230330.client import Client
from alibabacloud_tea_openapi.utils_models import Config

endpoint, key, secret, part = sys.argv[1:5]
protocol, host = endpoint.split("://")
client = Client(Config(access_key_id=key, access_key_secret=secret, endpoint=host, protocol=protocol, region_id="cn-hangzhou"))


def code_of(error):
    return getattr(error, "code", None) or type(error).__name__


def crc64(data):
    total = 0xFFFFFFFFFFFFFFFF
    for byte in data:
        total ^= byte
        for _ in range(8):
            total = (total >> 1) ^ (0xC96C5795D7870F42 if total & 1 else 0)
    return str(total ^ 0xFFFFFFFFFFFFFFFF)


def life():
    said = {}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("bootstrap", "#!/bin/sh\n")
    zipped = packed.getvalue()
    code = models.InputCodeLocation(zip_file=base64.b64encode(zipped).decode(), checksum=crc64(zipped))
    created = client.create_function(models.CreateFunctionRequest(body=models.CreateFunctionInput(
        function_name="sdk", runtime="custom.debian12", handler="bootstrap", cpu=0.25, memory_size=512, timeout=10,
        code=code, environment_variables={"STAGE": "ä"}, tags=[models.Tag(key="fx", value="sdk")],
        custom_runtime_config=models.CustomRuntimeConfig(command=["/code/bootstrap"], port=9000),
    ))).body
    said["checksum"], said["expected checksum"] = created.code_checksum, crc64(zipped)
    said["tags"] = [tag.to_map() for tag in client.get_function("sdk", models.GetFunctionRequest()).body.tags]
    for text in ["one", "two"]:
        body = models.PublishVersionInput(description=text)
        client.publish_function_version("sdk", models.PublishFunctionVersionRequest(body=body))
        client.update_function("sdk", models.UpdateFunctionRequest(body=models.UpdateFunctionInput(description=text)))
    alias = models.CreateAliasInput(alias_name="live", version_id="1", description="fx", additional_version_weight={"2": 0.05})
    client.create_alias("sdk", models.CreateAliasRequest(body=alias))
    said["weights"] = client.get_alias("sdk", "live").body.additional_version_weight
    config = json.dumps({"authType": "anonymous", "methods": ["GET"], "disableURLInternet": False})
    trigger = models.CreateTriggerInput(trigger_name="http", trigger_type="http", trigger_config=config, qualifier="live")
    client.create_trigger("sdk", models.CreateTriggerRequest(body=trigger))
    concurrency = models.PutConcurrencyInput(reserved_concurrency=3)
    client.put_concurrency_config("sdk", models.PutConcurrencyConfigRequest(body=concurrency))
    asynchronous = models.PutAsyncInvokeConfigInput(max_async_retry_attempts=1)
    client.put_async_invoke_config("sdk", models.PutAsyncInvokeConfigRequest(qualifier="live", body=asynchronous))
    route = models.PathConfig(path="/*", function_name="sdk", qualifier="live", methods=["GET"])
    domain = models.CreateCustomDomainInput(
        domain_name="sdk.example.com", protocol="HTTP", route_config=models.RouteConfig(routes=[route]))
    client.create_custom_domain(models.CreateCustomDomainRequest(body=domain))
    arn = "acs:fc:cn-hangzhou:1234567890123456:functions/sdk"
    tags = models.TagResourcesInput(resource_id=[arn], resource_type="function", tag=[models.Tag(key="team", value="a")])
    client.tag_resources(models.TagResourcesRequest(body=tags))
    wanted = [models.Tag(key="fx", value="sdk")]
    listed = client.list_functions(models.ListFunctionsRequest(tags=wanted, limit=10, fc_version="v3")).body
    said["listed"] = [function.function_name for function in listed.functions]
    event = io.BytesIO(json.dumps({"a": "ä"}, ensure_ascii=False).encode())
    said["echo"] = client.invoke_function("sdk", models.InvokeFunctionRequest(qualifier="live", body=event)).body.read().decode()
    client.delete_custom_domain("sdk.example.com")
    client.delete_trigger("sdk", "http")
    client.delete_async_invoke_config("sdk", models.DeleteAsyncInvokeConfigRequest(qualifier="live"))
    client.delete_concurrency_config("sdk")
    client.delete_alias("sdk", "live")
    for version in ["1", "2"]:
        client.delete_function_version("sdk", version)
    client.delete_function("sdk")
    try:
        client.get_function("sdk", models.GetFunctionRequest())
    except Exception as error:
        said["missing"] = code_of(error)
    return said


def refused():
    try:
        client.list_functions(models.ListFunctionsRequest())
    except Exception as error:
        return code_of(error)


def read():
    function = client.get_function("sdk", models.GetFunctionRequest(qualifier="live")).body
    alias = client.get_alias("sdk", "live").body
    triggers = client.list_triggers("sdk", models.ListTriggersRequest(limit=100)).body.triggers
    timer = client.get_trigger("sdk", "timer-sdk").body
    return {
        "environment": function.environment_variables,
        "command": function.custom_runtime_config.command,
        "alias": [alias.version_id, alias.description],
        "triggers": sorted(trigger.trigger_name for trigger in triggers),
        "cron": json.loads(timer.trigger_config)["cronExpression"],
    }


print(json.dumps({"life": life, "refused": refused, "read": read}[part]()))
