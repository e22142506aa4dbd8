"""Checks a compose file against the Compose Specification's schema: `python scripts/check_compose.py compose.yaml`.

The schema lies in tests/architecture/samples, so no engine and no network is needed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import jsonschema
import yaml

SCHEMA = Path(__file__).parents[1] / "tests/architecture/samples/compose-spec.schema.json"


def faults(compose_file: Path) -> list[str]:
    """Where the file departs from the schema, one sentence a fault; empty when it is valid."""
    validator = jsonschema.Draft7Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    described = yaml.safe_load(compose_file.read_text(encoding="utf-8"))
    return [f"{fault.json_path}: {fault.message}" for fault in validator.iter_errors(described)]


if __name__ == "__main__":
    found = faults(Path(sys.argv[1]))
    for sentence in found:
        print(sentence)
    sys.exit(bool(found))
