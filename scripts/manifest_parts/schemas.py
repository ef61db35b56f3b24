"""JSON schemas of resources, as Kubernetes, KServe and the Prometheus Operator publish them in packages. All
are closed: an unknown field is an error."""

import importlib
import json
import pathlib
import pkgutil

import kserve.models
import kubernetes_validate
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

KUBERNETES = "1.37.0"
FOLDER = (pathlib.Path(kubernetes_validate.__file__).parent
          / f"kubernetes-json-schema/v{KUBERNETES}-local-strict")
DEFINITIONS = json.loads((FOLDER / "_definitions.json").read_text())
SIMPLE = {
    "str": {"type": "string"}, "int": {"type": "integer"}, "bool": {"type": "boolean"},
    "float": {"type": "number"}, "object": {}, "datetime": {"type": "string"}}

MODULES = [importlib.import_module(f"kserve.models.{module.name}")
           for module in pkgutil.iter_modules(kserve.models.__path__)]
MODELS = {name: kind for module in MODULES for name, kind in vars(module).items()
          if hasattr(kind, "openapi_types")}


def kubernetes_schema(document):
    group, _, version = document["apiVersion"].rpartition("/")
    name = "-".join([document["kind"].lower(), *([group.split(".")[0]] if group else []), version])
    return json.loads((FOLDER / f"{name}.json").read_text())


def kubernetes_definition(name):
    """The schema of a type of the Kubernetes Python client, such as V1Container."""
    if name == "ResourceQuantity":
        name = "Quantity"
    if name.startswith("K8sIoApi"):
        # K8sIoApiAppsV1DeploymentStrategy is io.k8s.api.apps.v1.DeploymentStrategy.
        group, _, kind = name.removeprefix("K8sIoApi").partition("V1")
        endings = [f".{group.lower()}.v1.{kind}"]
    else:
        kind = name.removeprefix("V1")
        endings = [f".core.v1.{kind}", f".meta.v1.{kind}", f".resource.{kind}"]
    found = [key for ending in endings for key in DEFINITIONS["$defs"] if key.endswith(ending)]
    # Accept nothing if the type is missing, because it cannot be checked.
    return {"$ref": f"{DEFINITIONS['$id']}#/$defs/{found[0]}"} if found else False


class KServe:
    """The schema of a KServe resource, from the models of its Python package, which are generated from the
    types of its controller."""

    def __init__(self):
        self.definitions = {}

    def schema(self, document):
        version = document["apiVersion"].split("/")[1].capitalize()
        return self.of(f"{version}{document['kind']}") | {"$defs": self.definitions}

    def of(self, name):
        if name in SIMPLE:
            return SIMPLE[name]
        if name.startswith("list["):
            return {"type": "array", "items": self.of(name[5:-1])}
        if name.startswith("dict("):
            return {"type": "object", "additionalProperties": self.of(name[5:-1].split(", ", 1)[1])}
        model = MODELS.get(name)
        if model is None:
            return kubernetes_definition(name)
        if name not in self.definitions:
            # Define the name before its members, which can refer to it.
            self.definitions[name] = {}
            self.definitions[name] |= {
                "type": "object", "additionalProperties": False,
                "properties": {model.attribute_map[key]: self.of(kind)
                               for key, kind in model.openapi_types.items()},
                "required": [model.attribute_map[key] for key in model.openapi_types
                             if is_required(model, key)]}
        return {"$ref": f"#/$defs/{name}"}


def is_required(model, attribute):
    """Whether a model rejects None for an attribute."""
    empty = object.__new__(model)
    empty.local_vars_configuration = kserve.Configuration()
    try:
        setattr(empty, attribute, None)
    except ValueError:
        return True
    return False


def monitoring_schema(document):
    """The schema from a model that is generated from the resource definition. The model accepts unknown
    fields, so the schema is closed here."""
    module = importlib.import_module(
        f"cloudcoil.models.prometheus_operator.{document['apiVersion'].split('/')[1]}")
    schema = getattr(module, document["kind"]).model_json_schema(by_alias=True)
    for definition in [schema, *schema["$defs"].values()]:
        if "properties" in definition:
            definition["additionalProperties"] = False
    return schema


def validator(document):
    """The validator for documents of this kind."""
    group = document["apiVersion"].rpartition("/")[0]
    schema = {"serving.kserve.io": KServe().schema, "monitoring.coreos.com": monitoring_schema}.get(
        group, kubernetes_schema)
    registry = Resource.from_contents(DEFINITIONS) @ Registry()
    return Draft202012Validator(
        {"$id": "https://kubernetes.io/api/resource.json"} | schema(document), registry=registry)
