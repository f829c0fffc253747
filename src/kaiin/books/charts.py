"""An operator's own names of accounts and tax classes, from a small YAML file."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from kaiin.domain.accounting import USUAL_NAMES, Chart
from kaiin.domain.errors import KaiinError
from kaiin.domain.ledger import Account


class BadChart(KaiinError):
    """The file names something that there is not, or gives it no text."""

    code = "closing.bad_chart"


def read_chart(file: Path | None) -> Chart:
    """`accounts: {income: 会費収入}`, `tax: {sales: 課税売上込{rate}}`, `sub_accounts: site` or
    `none`; what is left out has its usual name. Raises BadChart."""
    if file is None:
        return Chart()
    try:
        raw = YAML(typ="safe").load(file.read_text("utf-8")) or {}
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise BadChart(file=file, name=str(error).splitlines()[0]) from error
    if not isinstance(raw, dict):
        raise BadChart(file=file, name=type(raw).__name__)
    unknown = raw.keys() - {"accounts", "tax", "sub_accounts"}
    if unknown or raw.get("sub_accounts", "site") not in ("site", "none"):
        raise BadChart(file=file, name=min(map(str, unknown), default="sub_accounts"))
    names = _texts(file, raw, "accounts", [account.value for account in Account])
    classes = _texts(file, raw, "tax", ("sales", "returns", "untaxed"))
    return Chart(
        names={account: names.get(account.value, name) for account, name in USUAL_NAMES.items()},
        by_site=raw.get("sub_accounts", "site") == "site",
        **classes,
    )


def _texts(
    file: Path, raw: Mapping[str, Any], section: str, allowed: Collection[str]
) -> dict[str, str]:
    found = raw.get(section) or {}
    if not isinstance(found, dict):
        raise BadChart(file=file, name=section)
    for name, value in found.items():
        if name not in allowed or not isinstance(value, str) or not _fits(value):
            raise BadChart(file=file, name=f"{section}.{name}")
    return found


def _fits(value: str) -> bool:
    """Whether it is a text with no placeholder but `{rate}`."""
    rest = value.replace("{rate}", "")
    return bool(value.strip()) and not set(rest) & set("{}")
