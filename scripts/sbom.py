"""What the functions' zips are made of, as a CycloneDX document: https://cyclonedx.org/docs/1.6/json/."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from email.parser import Parser
from pathlib import Path

# Of Requires-Dist only the name: extras and markers are after it. https://peps.python.org/pep-0508/
_REQUIRED = re.compile(r"[A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Library:
    """A library in a zip, as its METADATA tells; names as https://peps.python.org/pep-0503/ writes them.

    ``expression`` is SPDX's, ``license`` whatever its makers write instead.
    """

    name: str
    version: str
    expression: str
    license: str
    needs: frozenset[str]

    @property
    def purl(self) -> str:
        return f"pkg:pypi/{self.name}@{self.version}"


def bill_of_materials(name: str, version: str, date: datetime, zips: Sequence[Path]) -> str:
    """The document, in JSON; the same for the same zips and the same date."""
    held = {path: libraries(path) for path in zips}
    every = {library.purl: library for each in held.values() for library in each.values()}
    module = f"{name}@{version}"
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{_serial(module, zips)}",
        "version": 1,
        "metadata": {
            "timestamp": f"{date:%Y-%m-%dT%H:%M:%SZ}",
            "component": {
                "type": "application",
                "bom-ref": module,
                "name": name,
                "version": version,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            },
        },
        "components": [*map(_zip, zips), *(_component(every[purl]) for purl in sorted(every))],
        "dependencies": [
            _edge(module, [path.name for path in zips]),
            *(_edge(path.name, [library.purl for library in held[path].values()]) for path in zips),
            *(_edge(purl, _purls(every[purl].needs, every)) for purl in sorted(every)),
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def libraries(path: Path) -> dict[str, Library]:
    """A zip's libraries, by name."""
    with zipfile.ZipFile(path) as opened:
        names = [name for name in opened.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", name)]
        found = [_library(Parser().parsestr(opened.read(name).decode())) for name in names]
    return {library.name: library for library in found}


def _library(metadata: Message) -> Library:
    required = metadata.get_all("Requires-Dist") or []
    needs = (_REQUIRED.match(each) for each in required if "extra ==" not in each)
    return Library(
        _normal(metadata["Name"]),
        metadata["Version"],
        metadata["License-Expression"] or "",
        metadata["License"] or "",
        frozenset(_normal(match[0]) for match in needs if match),
    )


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _serial(module: str, zips: Sequence[Path]) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, " ".join([module, *map(_sha256, zips)]))


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _zip(path: Path) -> dict[str, object]:
    hashes = [{"alg": "SHA-256", "content": _sha256(path)}]
    return {"type": "file", "bom-ref": path.name, "name": path.name, "hashes": hashes}


def _component(library: Library) -> dict[str, object]:
    component: dict[str, object] = {
        "type": "library",
        "bom-ref": library.purl,
        "name": library.name,
        "version": library.version,
        "purl": library.purl,
    }
    if library.expression:
        component["licenses"] = [{"expression": library.expression}]
    elif library.license:
        component["licenses"] = [{"license": {"name": library.license}}]
    return component


def _purls(names: frozenset[str], every: Mapping[str, Library]) -> list[str]:
    return sorted(library.purl for library in every.values() if library.name in names)


def _edge(origin: str, targets: Sequence[str]) -> dict[str, object]:
    return {"ref": origin, "dependsOn": sorted(targets)}
