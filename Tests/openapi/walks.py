"""For walks along the links of openapi.yaml: trainings that succeed, so that there is a model to walk to, and requests that
take their data from the link. Bodies that only a schema makes seldom are of any use here."""

import schemathesis

import hooks  # noqa: F401 - what holds for all runs

SERIES = [[n / 10, (n / 10) ** 3] for n in range(1, 10)]


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Data as JSON only: links have bodies of JSON."""
    for operations in raw_schema["paths"].values():
        for operation in operations.values():
            content = operation.get("requestBody", {}).get("content", {}) if isinstance(operation, dict) else {}
            if "application/json" in content:
                operation["requestBody"]["content"] = {"application/json": content["application/json"]}


@schemathesis.hook
def map_body(context, body):
    """A training of its own model, on data that any network of one layer learns from; elsewhere the model alone."""
    if not isinstance(body, dict) or "model" not in body:
        return body
    if context.operation.label == "POST /train":
        return {"model": body["model"], "series": SERIES, "timesteps": 3, "units": [4], "epochs": 2,
                "activation": body.get("activation"), "seed": body.get("seed")}
    if context.operation.label in ["POST /reconstruct", "POST /encode", "POST /score"]:
        return {"model": body["model"], "series": SERIES}
    return body
