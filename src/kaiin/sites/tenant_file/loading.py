"""The tenant file: YAML in, checked values out, or every error with its line and column.

`document` reads, `checking` compares with the `models`, `rules` looks across their parts.
"""

from pathlib import Path

from kaiin.sites.tenant_file import checking, document, rules
from kaiin.sites.tenant_file.models import TenantFile
from kaiin.sites.tenant_file.problems import TenantFileErrors


def load_tenant_file(path: Path) -> TenantFile:
    """The tenant file at a path. Raises TenantFileErrors with every error; OSError."""
    return parse_tenant_file(name=str(path), data=path.read_bytes())


def parse_tenant_file(*, name: str, data: bytes) -> TenantFile:
    """As `load_tenant_file`, of bytes at hand; `name` is the file's in messages."""
    try:
        read = document.read(data)
    except document.Unreadable as unreadable:
        raise TenantFileErrors(name, [unreadable.problem]) from None
    file, wrong = checking.check(read)
    rules.check(read, wrong)
    problems = read.problems()
    if file is None or problems:
        raise TenantFileErrors(name, problems)
    return file
