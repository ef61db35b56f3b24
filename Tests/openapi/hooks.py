"""What openapi.yaml says in words, for schemathesis."""

import schemathesis


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """A member of a request that is null counts as absent."""
    schemas = raw_schema["components"]["schemas"]
    for operations in raw_schema["paths"].values():
        for operation in operations.values():
            if isinstance(operation, dict):
                content = operation.get("requestBody", {}).get("content", {})
                if "application/json" in content:
                    allow_null(content["application/json"]["schema"], schemas, set())


def allow_null(schema, schemas, seen):
    """Lets optional members be null, in a schema and in all that it refers to."""
    if not isinstance(schema, dict):
        return
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        if name not in seen:
            seen.add(name)
            allow_null(schemas[name], schemas, seen)
    for part in schema.get("oneOf", []) + schema.get("allOf", []):
        allow_null(part, schemas, seen)
    allow_null(schema.get("items"), schemas, seen)
    for name, member in schema.get("properties", {}).items():
        allow_null(member, schemas, seen)
        if name not in schema.get("required", []):
            schema["properties"][name] = {"anyOf": [member, {"type": "null"}]}
