"""Writes the tenant file's JSON schema, for editors, beside the examples. Part of `make fmt`."""

import json
from pathlib import Path

from kaiin.sites.tenant_file.models import schema

SCHEMA_FILE = Path(__file__).resolve().parent.parent / "examples" / "tenant.schema.json"


def schema_text() -> str:
    """The schema as the models make it."""
    return json.dumps(schema(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    SCHEMA_FILE.write_text(schema_text(), "utf-8")
