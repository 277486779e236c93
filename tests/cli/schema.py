"""A checker for the part of JSON Schema that doc/schema uses, and no more: an unknown keyword is an
error, so that nothing in a schema goes unchecked."""
import json
import os

from tap import TOP

ROOT = os.path.join(TOP, "doc", "schema")
KNOWN = {"$schema", "$id", "$defs", "$ref", "title", "description", "type", "properties", "required",
         "additionalProperties", "items", "minItems", "maxItems", "enum", "const"}
TYPES = {
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str),
    "boolean": lambda v: isinstance(v, bool),
    "null": lambda v: v is None,
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "number": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
}
_files = {}


def load(name):
    if name not in _files:
        with open(os.path.join(ROOT, name)) as f:
            _files[name] = json.load(f)
    return _files[name]


def _resolve(ref):
    name, _, pointer = ref.partition("#")
    node = load(name)
    for part in pointer.strip("/").split("/"):
        node = node[part]
    return node


def _object(value, schema, where):
    errors = []
    props = schema.get("properties", {})
    for key in schema.get("required", []):
        if key not in value:
            errors.append("%s: '%s' is missing" % (where, key))
    more = schema.get("additionalProperties", True)
    for key, v in value.items():
        if key in props:
            errors += check(v, props[key], where + "." + key)
        elif more is False:
            errors.append("%s: '%s' is not in the schema" % (where, key))
        elif isinstance(more, dict):
            errors += check(v, more, where + "." + key)
    return errors


def _array(value, schema, where):
    errors = []
    if len(value) < schema.get("minItems", 0) or len(value) > schema.get("maxItems", len(value)):
        errors.append("%s: %d items" % (where, len(value)))
    for i, v in enumerate(value):
        errors += check(v, schema.get("items", {}), "%s[%d]" % (where, i))
    return errors


def check(value, schema, where="$"):
    """List of what is wrong; empty when valid."""
    unknown = set(schema) - KNOWN
    if unknown:
        return ["%s: schema keyword %s" % (where, sorted(unknown))]
    if "$ref" in schema:
        return check(value, _resolve(schema["$ref"]), where)
    errors = []
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(TYPES[k](value) for k in kinds):
        return ["%s: %r is not %s" % (where, value, "/".join(kinds))]
    if "const" in schema and value != schema["const"]:
        errors.append("%s: %r is not %r" % (where, value, schema["const"]))
    if "enum" in schema and value not in schema["enum"]:
        errors.append("%s: %r is not one of %s" % (where, value, schema["enum"]))
    if isinstance(value, dict):
        errors += _object(value, schema, where)
    if isinstance(value, list):
        errors += _array(value, schema, where)
    return errors


def _no_constants(name):
    raise ValueError("%s is not JSON" % name)


def lines(text):
    """Parses JSON Lines strictly (no NaN, no Infinity)."""
    return [json.loads(line, parse_constant=_no_constants) for line in text.splitlines()]


def validate(doc):
    name = doc["schema"].replace("/", "-") + ".json"
    return check(doc, load(name))
