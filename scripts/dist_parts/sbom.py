"""Prints the parts of a release as SPDX 2.3 JSON: the Swift packages of Package.resolved, and the Debian
packages whose libraries the release has.

    sbom.py VERSION Package.resolved folder-of-dpkg-records"""

import datetime
import email
import json
import pathlib
import subprocess
import sys


def swift_packages(resolved):
    for pin in json.loads(resolved.read_text())["pins"]:
        url, version = pin["location"].removesuffix(".git"), pin["state"]["version"]
        yield pin["identity"], version, url, f"pkg:swift/{url.removeprefix('https://')}@{version}"


def debian_packages(records):
    for path in sorted(records.iterdir()):
        record = email.message_from_string(path.read_text())
        name, version = record["Package"], record["Version"]
        yield (name, version, "NOASSERTION",
               f"pkg:deb/debian/{name}@{version}?arch={record['Architecture']}")


def element(identifier, name, version, location, purl=None):
    found = {"SPDXID": f"SPDXRef-{identifier}", "name": name, "versionInfo": version,
             "downloadLocation": location, "filesAnalyzed": False, "licenseConcluded": "NOASSERTION",
             "licenseDeclared": "NOASSERTION", "copyrightText": "NOASSERTION"}
    if purl:
        found["externalRefs"] = [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                                  "referenceLocator": purl}]
    return found


def main():
    version, resolved, records = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    commit, seconds = subprocess.run(["git", "log", "-1", "--format=%H %ct"], capture_output=True, text=True,
                                     check=True).stdout.split()
    created = datetime.datetime.fromtimestamp(int(seconds), datetime.timezone.utc)
    release = {**element("reprise", "reprise", version, "NOASSERTION"), "licenseDeclared": "Apache-2.0"}
    toolchain = subprocess.run(
        ["swift", "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
    swift = element("swift", "swift", toolchain, "https://github.com/swiftlang/swift")
    parts = [element(f"{kind}-{name}".replace("+", "-"), name, version, location, purl)
             for kind, packages in (("swift", swift_packages(resolved)), ("deb", debian_packages(records)))
             for name, version, location, purl in packages]
    parts.append(swift)
    json.dump({
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"reprise-{version}", "documentNamespace": f"urn:reprise:{version}:{commit}",
        "creationInfo": {"created": created.isoformat().replace("+00:00", "Z"),
                         "creators": ["Tool: scripts/dist"]},
        "packages": [release, *parts],
        "relationships": [
            {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES",
             "relatedSpdxElement": "SPDXRef-reprise"},
            *({"spdxElementId": "SPDXRef-reprise", "relationshipType": "CONTAINS",
               "relatedSpdxElement": part["SPDXID"]} for part in parts),
        ],
    }, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
