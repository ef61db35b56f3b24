"""pandas is the referee of what POST /inspect says about files that pandas and NumPy write."""

import collections
import json
import urllib.parse

import pytest
import referee
from api import call
from conftest import Serve

FILES = list(referee.files())


@pytest.fixture(scope="module")
def inspecting(tmp_path_factory):
    """Host and port of a server for all files."""
    serve = Serve(tmp_path_factory.mktemp("pandas") / "models")
    try:
        yield serve()
    finally:
        serve.stop()


@pytest.fixture(scope="module")
def outcomes():
    return collections.Counter()


@pytest.mark.parametrize("file", FILES, ids=str)
def test_a_file_is_understood_or_refused(inspecting, outcomes, file):
    query = urllib.parse.urlencode(file.query)
    response = call(inspecting, "POST", f"/inspect?{query}" if query else "/inspect", file.body, file.fields)
    body = json.loads(response.body)
    different = referee.differences(file, response.status, body)
    if different:
        outcomes["different"] += 1
        print(file.body[:400], f"{len(file.body)} bytes", file.query, file.fields, sep="\n")
        print(response.status, body.get("detail", body))
        pytest.fail("\n".join(different), pytrace=False)
    if isinstance(file.truth, referee.Refused):
        outcomes["refused"] += 1
    elif any(warning["level"] != "info" for warning in body["warnings"]):
        outcomes["warned"] += 1
    else:
        outcomes["equal"] += 1


def test_every_file_has_an_outcome(request, outcomes, capsys):
    """Prints the counts."""
    chosen = [item for item in request.session.items if "file" in getattr(item, "fixturenames", ())]
    assert sum(outcomes.values()) == len(chosen)
    with capsys.disabled():
        print(
            f"\nreferee: {len(chosen)} files, {outcomes['equal']} equal, {outcomes['warned']} equal with a "
            f"warning, {outcomes['refused']} refused with the expected reason, "
            f"{outcomes['different']} different")


def test_names_of_files_are_unique():
    repeated = [name for name, count in collections.Counter(map(str, FILES)).items() if count > 1]
    assert not repeated and len(FILES) >= 300
