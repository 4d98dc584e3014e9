"""Firehose to S3, as documented: prefixes with expressions, dynamic partitioning, gzip, delimiters. Written at once."""

import gzip
import json
import re
import time
import uuid
from typing import Any

from moto.firehose.models import FirehoseBackend
from moto.s3.models import s3_backends

from .buckets import quietly

# Java's letters in `!{timestamp:…}`, longest first.
LETTERS = {"yyyy": "%Y", "YYYY": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}
EXPRESSION = re.compile(r"!\{([^:}]+):([^}]*)\}")


def _timestamp(pattern: str) -> str:
    letters = re.sub("|".join(LETTERS), lambda match: LETTERS[match[0]], pattern)
    return time.strftime(letters.replace("'", ""), time.gmtime())


def _prefix(template: str, keys: dict[str, str]) -> str:
    """https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html"""
    values = {
        "timestamp": _timestamp,
        "firehose": lambda _: uuid.uuid4().hex[:11],
        "partitionKeyFromQuery": keys.__getitem__,
    }
    prefix = EXPRESSION.sub(lambda match: values[match[1]](match[2]), template)
    # Without an expression for the time the hour is put in, whatever the prefix ends with.
    return prefix if "!{timestamp:" in template else prefix + _timestamp("yyyy/MM/dd/HH/")


def _processors(destination: dict[str, Any]) -> dict[str, dict[str, str]]:
    configuration = destination.get("ProcessingConfiguration", {})
    return {
        processor["Type"]: {p["ParameterName"]: p["ParameterValue"] for p in processor.get("Parameters", [])}
        for processor in configuration.get("Processors", [])
    }


def _keys(query: str, record: bytes) -> dict[str, str]:
    """The one form of JQ that is read here: `{name: .field.field, …}`."""
    paths = re.findall(r'"?([\w-]+)"?\s*:\s*\.([\w.-]+)', query)
    keys = {}
    for name, path in paths:
        value = json.loads(record)
        for field in path.split("."):
            value = value[field]
        keys[name] = str(value)
    return keys


def _object_name(stream: str, version: str, destination: dict[str, Any], keys: dict[str, str]) -> str:
    ending = ".gz" if destination.get("CompressionFormat") == "GZIP" else ""
    name = f"{stream}-{version}-{time.strftime('%Y-%m-%d-%H-%M-%S', time.gmtime())}-{uuid.uuid4()}"
    return _prefix(destination.get("Prefix", ""), keys) + name + destination.get("FileExtension", ending)


def _put_s3_records(
    self: FirehoseBackend,
    delivery_stream_name: str,
    version_id: str,
    s3_destination: dict[str, Any],
    records: list[dict[str, bytes]],
) -> list[dict[str, str]]:
    processors = _processors(s3_destination)
    query = processors.get("MetadataExtraction", {}).get("MetadataExtractionQuery", "")
    delimiter = b"\n" if "AppendDelimiterToRecord" in processors else b""
    objects: dict[str, bytes] = {}
    for record in records:
        keys = json.dumps(_keys(query, record["Data"]))
        objects[keys] = objects.get(keys, b"") + record["Data"] + delimiter
    bucket = s3_destination["BucketARN"].split(":")[-1]
    for keys, data in objects.items():
        name = _object_name(delivery_stream_name, version_id, s3_destination, json.loads(keys))
        body = gzip.compress(data, 1) if s3_destination.get("CompressionFormat") == "GZIP" else data
        # An archive in a bucket whose objects feed a Lambda that writes to the archive would go round for ever.
        with quietly():
            s3_backends[self.account_id][self.partition].put_object(bucket, name, body)
    return [{"RecordId": str(uuid.uuid4())} for _ in records]


# moto knows plain prefixes and plain text alone.
FirehoseBackend.put_s3_records = _put_s3_records
