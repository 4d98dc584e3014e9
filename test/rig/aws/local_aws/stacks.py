"""CloudFormation: the errors of moto's engine that a deploy of this stack runs into, and custom resources."""

import json
import uuid
from typing import Any

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import ChangeSet, CloudFormationBackend
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.common_models import CloudFormationModel
from moto.core.exceptions import ServiceException

from . import functions, place
from .place import say

# moto refuses a template on any match of cfn-lint, warnings too; the project's own tests lint it.
CloudFormationBackend.validate_template = lambda self, template: []

_clean = parsing.clean_json
_class_of = parsing.resource_class_from_type
_create = parsing.parse_and_create_resource
_execute = CloudFormationBackend.execute_change_set


def _clean_json(value: Any, resources: Any) -> Any:
    cleaned = _clean(value, resources)
    return [item for item in cleaned if item is not None] if isinstance(value, list) else cleaned


# moto keeps AWS::NoValue in lists, as a null.
parsing.clean_json = _clean_json


def _known_class(resource_type: str) -> Any:
    known = _class_of(resource_type)
    if known is None and resource_type not in parsing.NULL_MODELS:
        raise ValidationError(message=f"the local AWS has no {resource_type}: add it to local_aws/resources.py")
    return known


# moto leaves resources of unknown types out, and says that all is well.
parsing.resource_class_from_type = _known_class


def _create_after(logical_id: str, resource: dict[str, Any], resources: Any, **where: str) -> Any:
    after = resource.get("DependsOn", [])
    for dependency in [after] if isinstance(after, str) else after:
        _ = resources[dependency]  # makes it where it is not there yet
    return _create(logical_id, resource, resources, **where)


# moto ignores DependsOn in change sets, and wherever a reference makes a resource.
parsing.parse_and_create_resource = _create_after


def _change_set(self: CloudFormationBackend, name: str) -> ChangeSet:
    return self.change_sets.get(name) or next(c for c in self.change_sets.values() if c.change_set_name == name)


def _execute_change_set(self: CloudFormationBackend, change_set_name: str, stack_name: str | None = None) -> None:
    change_set = _change_set(self, change_set_name)
    stack = self.stacks[change_set.stack_id]
    try:
        _execute(self, change_set_name, stack_name)
    except Exception as error:
        say(f"[stack {stack.name}] {error!r}")
        stack.status = f"{change_set.change_set_type}_FAILED"
        raise error if isinstance(error, ServiceException) else ValidationError(message=str(error)) from error
    stack.template_dict = change_set.template_dict
    stack.output_map = stack._create_output_map()


# moto answers errors with status 500, which clients try again, and keeps the outputs of the template before.
CloudFormationBackend.execute_change_set = _execute_change_set

_answers: dict[str, dict[str, Any]] = {}


def _process_cfn_response(self: CloudFormationResponse) -> tuple[int, dict[str, int], str]:
    answer = json.loads(self.body)
    _answers[answer["RequestId"]] = answer
    return 200, {"status": 200}, ""


CloudFormationResponse.process_cfn_response = _process_cfn_response


def _texts(value: Any) -> Any:
    """CloudFormation hands every scalar to a custom resource as text."""
    if isinstance(value, dict):
        return {key: _texts(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_texts(item) for item in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


class CustomResource(CloudFormationModel):
    """A resource that a Lambda of the stack makes; a failure of the Lambda is one of the deploy.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-custom-resources.html"""

    def __init__(self, stack: str, logical_id: str, kind: str, properties: dict[str, Any]):
        self.stack, self.logical_id, self.kind, self.properties = stack, logical_id, kind, properties
        self.physical_id: str | None = None
        self.data: dict[str, Any] = {}

    def ask(self, request_type: str, **more: Any) -> None:
        request_id = str(uuid.uuid4())
        token = self.properties["ServiceToken"]
        event = {
            "RequestType": request_type,
            "ServiceToken": token,
            "ResponseURL": f"{place.url}/cloudformation_{place.REGION}/cfnresponse?stack={self.stack}",
            "StackId": self.stack,
            "RequestId": request_id,
            "LogicalResourceId": self.logical_id,
            "ResourceType": self.kind,
            "ResourceProperties": _texts(self.properties),
            **({"PhysicalResourceId": self.physical_id} if self.physical_id else {}),
            **more,
        }
        outcome = functions.invoke(functions.find(token), event)
        self._accept(_answers.pop(request_id, None), outcome)

    def _accept(self, answer: dict[str, Any] | None, outcome: functions.Answer) -> None:
        if answer is None:
            raise ValidationError(message=f"{self.logical_id}: its Lambda sent no answer: {outcome.payload}")
        if answer["Status"] != "SUCCESS":
            raise ValidationError(message=f"{self.logical_id}: {answer.get('Reason')}")
        self.physical_id, self.data = answer["PhysicalResourceId"], answer.get("Data") or {}

    @property
    def physical_resource_id(self) -> str:
        return self.physical_id or self.logical_id

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::CloudFormation::CustomResource"

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return True

    def get_cfn_attribute(self, attribute_name: str) -> Any:
        if attribute_name not in self.data:
            raise ValidationError(message=f"{self.logical_id}: its Lambda answered no {attribute_name}")
        return self.data[attribute_name]

    @classmethod
    def create_from_cloudformation_json(
        cls, name: str, template: dict[str, Any], account: str, region: str, **more: Any
    ) -> "CustomResource":
        resource = cls(more["StackId"], more["LogicalId"], more["ResourceType"], template["Properties"])
        resource.ask("Create")
        return resource

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource: "CustomResource", cloudformation_json: dict[str, Any], **more: Any
    ) -> "CustomResource":
        old, original_resource.properties = original_resource.properties, cloudformation_json["Properties"]
        original_resource.ask("Update", OldResourceProperties=_texts(old))
        return original_resource

    def delete(self, account_id: str, region_name: str) -> None:
        try:
            self.ask("Delete")
        except Exception as error:  # moto deletes in any order: the Lambda may be gone
            say(f"[stack] {self.logical_id} was deleted without its Lambda: {error!r}")


# moto's own runs beside the deploy, which never hears of a failure.
parsing.CustomModel = CustomResource
