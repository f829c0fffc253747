"""The tenant file: YAML in, checked values out, or every error with its line and column.

`document` reads, `schema` and `rules` check, `build` makes the values of `values`.
"""

from pathlib import Path

from kaiin.sites.tenant_file import build, document, rules, schema
from kaiin.sites.tenant_file.problems import TenantFileErrors
from kaiin.sites.tenant_file.values import TenantFile


def load_tenant_file(path: Path) -> TenantFile:
    """The tenant file at a path. Raises TenantFileErrors with every error; OSError."""
    return parse_tenant_file(name=str(path), data=path.read_bytes())


def parse_tenant_file(*, name: str, data: bytes) -> TenantFile:
    """As `load_tenant_file`, of bytes at hand; `name` is the file's in messages."""
    try:
        read = document.read(data)
    except document.Unreadable as unreadable:
        raise TenantFileErrors(name, [unreadable.problem]) from None
    wrong = schema.check(read)
    rules.check(read, wrong)
    problems = read.problems()
    if problems:
        raise TenantFileErrors(name, problems)
    return build.tenant_file(name, read)
