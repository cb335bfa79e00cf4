"""A boto3 client for Batch whose every answer is kept and checked against botocore's own service model."""

import json
import re

import boto3
from botocore.config import Config
from botocore.loaders import Loader
from botocore.model import ServiceModel

MODEL = ServiceModel(Loader().load_service_model("batch", "service-2"), "batch")

# A millisecond of the years 2001 to 2286. The model's Long members that are times are these.
TIMES = re.compile(r"(?:At|At[A-Z]\w*|earliestTimeAtPosition)$")
MILLISECONDS = range(10**12, 10**13)
REQUEST_ID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")


class Wire:
    """`answers` counts answers by operation and status, `deviations` holds what the model does not allow."""

    def __init__(self, endpoint, key, secret, validate=True):
        self.answers = {}
        self.deviations = set()
        self.last = None
        config = Config(
            retries={"total_max_attempts": 1},
            parameter_validation=validate,
            read_timeout=30,
        )
        self.client = boto3.client(
            "batch",
            endpoint_url=endpoint,
            region_name="us-east-1",
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            config=config,
        )
        self.client.meta.events.register("before-parse.batch.*", self._received)

    def _received(self, operation_model, response_dict, **_):
        name = operation_model.name
        status = response_dict["status_code"]
        headers = {key.lower(): value for key, value in response_dict["headers"].items()}
        self.last = {"status": status, "headers": headers, "body": response_dict["body"]}
        self.answers[f"{name} {status}"] = self.answers.get(f"{name} {status}", 0) + 1
        note = lambda what: self.deviations.add(what)
        if not REQUEST_ID.match(headers.get("x-amzn-requestid", "")):
            note(f"{name}: no request id")
        if not headers.get("content-type", "").startswith("application/json"):
            note(f"{name}: content type {headers.get('content-type')}")
        try:
            body = json.loads(response_dict["body"] or b"{}")
        except ValueError:
            return note(f"{name}: the body is not JSON")
        if status >= 300:
            self._check_error(name, operation_model, status, headers, body, note)
        elif operation_model.output_shape is not None:
            check(body, operation_model.output_shape, operation_model.output_shape.name, note)

    def _check_error(self, name, operation_model, status, headers, body, note):
        kind = headers.get("x-amzn-errortype", "")
        modelled = [shape.name for shape in operation_model.error_shapes]
        # The two common errors of every AWS API that the model does not name.
        if kind not in modelled and kind != "TooManyRequestsException" and status != 403:
            note(f"{name}: error type {kind!r}")
        if set(body) != {"message"} or not isinstance(body.get("message"), str):
            note(f"{name}: error body {sorted(body)}")
        if kind == "ClientException" and not 400 <= status < 500:
            note(f"{name}: {kind} with status {status}")


def check(value, shape, path, note):
    """Notes every difference between a value and its shape: type, required and unknown members, enums, milliseconds."""
    kind = shape.type_name
    if kind == "structure":
        if not isinstance(value, dict):
            return note(f"{path}: not an object")
        for name in shape.required_members:
            if value.get(name) is None:
                note(f"{path}: {name} is required and missing")
        for name, member in value.items():
            if name not in shape.members:
                note(f"{path}: {name} is not in the model")
            elif member is None:
                note(f"{path}: {name} is null")
            else:
                check(member, shape.members[name], f"{shape.members[name].name}" if shape.members[name].type_name == "structure" else f"{shape.name}.{name}", note)
    elif kind == "list":
        if not isinstance(value, list):
            return note(f"{path}: not a list")
        for one in value:
            check(one, shape.member, shape.member.name if shape.member.type_name == "structure" else path, note)
    elif kind == "map":
        if not isinstance(value, dict):
            return note(f"{path}: not a map")
        for name, one in value.items():
            check(name, shape.key, f"{path} key", note)
            check(one, shape.value, f"{path} value", note)
    else:
        check_scalar(value, shape, path, note)


def check_scalar(value, shape, path, note):
    kind = shape.type_name
    if kind == "string":
        if not isinstance(value, str):
            note(f"{path}: not a string")
        elif getattr(shape, "enum", None) and value not in shape.enum:
            note(f"{path}: {value!r} is not in its enum")
        elif len(value) > shape.metadata.get("max", len(value)) or len(value) < shape.metadata.get("min", 0):
            note(f"{path}: has a length outside the model")
    elif kind == "boolean":
        if not isinstance(value, bool):
            note(f"{path}: not a boolean")
    elif kind in ("integer", "long"):
        if not isinstance(value, int) or isinstance(value, bool):
            note(f"{path}: not a whole number")
        elif kind == "long" and TIMES.search(path) and value not in MILLISECONDS:
            note(f"{path}: {value} is not in milliseconds")
    elif kind in ("double", "float"):
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            note(f"{path}: not a number")
    else:
        note(f"{path}: the check does not know {kind}")
