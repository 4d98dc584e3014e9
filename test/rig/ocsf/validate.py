"""Holds events against the JSON Schema of their OCSF class.

In: the schema's version as the argument, one event a line on stdin. Out: one line a fault, "<line number> <path>: <what>".
"""

import json
import sys

from jsonschema import Draft202012Validator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

CLASSES = {3004: "entity_management", 5023: "cloud_resources_inventory_info"}

schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(sys.argv[1]))
validators = {}

for number, line in enumerate(sys.stdin, 1):
    event = json.loads(line)
    profiles = event["metadata"]["profiles"]
    key = (event["class_uid"], *profiles)
    if key not in validators:
        validators[key] = Draft202012Validator(schema.get_class_schema(CLASSES[event["class_uid"]], profiles))
    for fault in validators[key].iter_errors(event):
        print(number, f"{fault.json_path}: {fault.message[:300]}")
