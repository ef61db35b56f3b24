"""Applies to every schemathesis run the rules that openapi.yaml states in prose."""

import copy

import schemathesis


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Lets optional members of request bodies be null: a null member counts as absent."""
    schemas = raw_schema["components"]["schemas"]
    for operations in raw_schema["paths"].values():
        for operation in operations.values():
            if isinstance(operation, dict):
                content = operation.get("requestBody", {}).get("content", {})
                if "application/json" in content:
                    allow_null(content["application/json"]["schema"], schemas, set())


def allow_null(schema, schemas, seen):
    """Lets optional members be null, in a schema and in every schema that it refers to."""
    if not isinstance(schema, dict):
        return
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        if name not in seen:
            seen.add(name)
            allow_null(schemas[name], schemas, seen)
    merge_parts(schema, schemas)
    for part in schema.get("oneOf", []):
        allow_null(part, schemas, seen)
    allow_null(schema.get("items"), schemas, seen)
    for name, member in schema.get("properties", {}).items():
        allow_null(member, schemas, seen)
        if name not in schema.get("required", []):
            schema["properties"][name] = {"anyOf": [member, {"type": "null"}]}


def merge_parts(schema, schemas):
    """Replaces `allOf` by the properties of its parts. A schema may require a member that a part of it
    describes, and another schema with the same part may not."""
    parts = schema.pop("allOf", [])
    for part in parts:
        part = copy.deepcopy(schemas[part["$ref"].rsplit("/", 1)[-1]] if "$ref" in part else part)
        merge_parts(part, schemas)
        # Merging is exact only for parts that consist of these keywords.
        assert part.keys() <= {"type", "description", "required", "properties"}, part.keys()
        assert part.get("type", "object") == schema.setdefault("type", "object") == "object"
        assert not part.get("properties", {}).keys() & schema.get("properties", {}).keys()
        schema["properties"] = part.get("properties", {}) | schema.get("properties", {})
        schema["required"] = sorted({*part.get("required", []), *schema.get("required", [])})
    if parts and "unevaluatedProperties" in schema:
        schema["additionalProperties"] = schema.pop("unevaluatedProperties")
