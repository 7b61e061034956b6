"""Holds calls against the models of Aliyun's SDK. Prints what a model does not know, or knows to be of another kind."""

import json
import sys
import typing

from alibabacloud_fc20230330 import models
from darabonba.model import DaraModel

BODIES = {
    "CreateAlias": models.CreateAliasInput,
    "CreateCustomDomain": models.CreateCustomDomainInput,
    "CreateFunction": models.CreateFunctionInput,
    "CreateTrigger": models.CreateTriggerInput,
    "PublishFunctionVersion": models.PublishVersionInput,
    "PutAsyncInvokeConfig": models.PutAsyncInvokeConfigInput,
    "PutConcurrencyConfig": models.PutConcurrencyInput,
    "TagResources": models.TagResourcesInput,
    "UpdateAlias": models.UpdateAliasInput,
    "UpdateCustomDomain": models.UpdateCustomDomainInput,
    "UpdateFunction": models.UpdateFunctionInput,
    "UpdateTrigger": models.UpdateTriggerInput,
}
CONFIGURATIONS = {
    "http": models.HTTPTriggerConfig,
    "log": models.SLSTriggerConfig,
    "mns_topic": models.MNSTopicTriggerConfig,
    "oss": models.OSSTriggerConfig,
    "timer": models.TimerTriggerConfig,
}
# Its body is the event.
NO_BODY = {"InvokeFunction"}
# What the SDK writes into the query as JSON.
JSON_IN_QUERY = {"ResourceId", "TagKey", "tags"}


def known(place, sent, kept):
    """What the model has dropped: members that it does not know."""
    if isinstance(sent, dict) and isinstance(kept, dict):
        for name, value in sent.items():
            if name in kept:
                known(f"{place}.{name}", value, kept[name])
            else:
                print(f"{place}.{name} is not known")
    elif isinstance(sent, list) and isinstance(kept, list):
        for one, other in zip(sent, kept):
            known(f"{place}[]", one, other)


def of_kind(place, value, kind):
    if value is None:
        return
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is list:
        right = isinstance(value, list)
        for item in value if right else []:
            of_kind(f"{place}[]", item, inner[0])
    elif origin is dict:
        right = isinstance(value, dict)
        for name, item in value.items() if right else []:
            of_kind(f"{place}.{name}", item, inner[1])
    elif isinstance(value, DaraModel):
        right = True
        for name, hint in typing.get_type_hints(type(value).__init__).items():
            of_kind(f"{place}.{name}", getattr(value, name), hint)
    else:
        wanted = {float: (int, float)}.get(kind, kind)
        right = wanted is typing.Any or isinstance(value, wanted) and isinstance(value, bool) == (kind is bool)
    if not right:
        print(f"{place} is {value!r}, not {kind}")


def check(place, model, sent):
    read = model().from_map(sent)
    known(place, sent, read.to_map())
    of_kind(place, read, model)


for call in json.load(open(sys.argv[1])):
    action, query, body = call["action"], call["query"], call["body"]
    if action in BODIES:
        check(action, BODIES[action], body)
    elif body and action not in NO_BODY:
        print(f"{action} has no body")
    kinds = CONFIGURATIONS if action.endswith("eTrigger") and "triggerConfig" in body else {}
    if kinds:
        config = json.loads(body["triggerConfig"])
        fitting = [kinds[body["triggerType"]]] if action == "CreateTrigger" else kinds.values()
        # An update does not say what kind it is of: one has to take it.
        if not any(set(config) <= set(kind().from_map(config).to_map()) for kind in fitting):
            print(f"{action}: no kind of trigger takes {sorted(config)}")
        if action == "CreateTrigger":
            check(f"{action}.triggerConfig", fitting[0], config)
    if query:
        request = getattr(models, f"{action}Request", None)
        if request is None:
            print(f"{action} has no query")
            continue
        typed = {name: json.loads(text) if name in JSON_IN_QUERY else text for name, text in query.items()}
        known(f"{action}?", typed, request().from_map(typed).to_map())
