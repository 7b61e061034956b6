"""Holds calls against the models of Tencent's SDK. Prints what a model does not know, or knows to be of another kind."""

import json
import re
import sys

from tencentcloud.scf.v20180416 import models

KINDS = {"str": str, "int": int, "float": (int, float), "bool": bool}


def check(place, model, sent):
    kinds = dict(re.findall(r":type (\w+): (.+)", model.__init__.__doc__))
    for name, value in sent.items():
        kind = kinds.get(name)
        if kind is None:
            print(f"{place}.{name} is not known")
            continue
        plain = kind.removeprefix("list of ")
        if (kind != plain) != isinstance(value, list):
            print(f"{place}.{name} is {value!r}, not {kind}")
            continue
        for item in value if kind != plain else [value]:
            one(f"{place}.{name}", item, plain)


def one(place, value, kind):
    plain = KINDS.get(kind)
    if plain is None:
        check(place, getattr(models, re.sub(r"^:class:`.*\.(\w+)`$", r"\1", kind)), value)
    elif not isinstance(value, plain) or isinstance(value, bool) != (kind == "bool"):
        print(f"{place} is {value!r}, not {kind}")


for call in json.load(open(sys.argv[1])):
    action = call["action"]
    model = getattr(models, f"{action}Request", None)
    if model is None:
        print(f"{action} is not known")
    else:
        check(action, model, call["body"])
