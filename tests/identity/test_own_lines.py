"""Every line that Kaiin's mails, pages and PDFs print is read as what it shows.

People paste lines of a mail into the login field. The lines come from the catalogs, in both
languages, with both example tenants' own names of the ID and forms of their IDs and numbers.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fluent.runtime import FluentBundle, FluentResource
from ruamel.yaml import YAML

from kaiin.domain.identifiers.member_ids import LegacyFormat, MemberIdFormat, generate_member_id
from kaiin.domain.identifiers.reading import TypedKind, identify

pytestmark = pytest.mark.few_on_postgres(0)

ROOT = Path(__file__).parents[2]
LOCALES = ROOT / "src" / "kaiin" / "locales"
ADDRESS = "nami..fan.@docomo.ne.jp"
# Variables of the catalogs that are login IDs or addresses; every other one is something else.
IDS, ADDRESSES = {"member_id"}, {"address", "email"}


def tenants() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted((ROOT / "examples").glob("*.yaml")):
        yield path.stem, YAML(typ="safe").load(path)


def formats(tenant: dict[str, Any]) -> MemberIdFormat:
    own = tenant["identity"]["member_id"]
    legacy = tuple(LegacyFormat(each["prefix"], each["digits"]) for each in own.get("legacy", ()))
    return MemberIdFormat(own["prefix"], own["digits"], legacy)


def lines(
    language: str, values: dict[str, str], id_name: str
) -> Iterator[tuple[str, set[str], str]]:
    """Code, the variables with an ID, and the words, of each line in the catalogs."""
    named = {"ID_NAME": lambda: id_name}
    bundle = FluentBundle([language], functions=named, use_isolating=False)
    names: list[str] = []
    for path in sorted((LOCALES / language).glob("*.ftl")):
        source = path.read_text(encoding="utf-8")
        bundle.add_resource(FluentResource(source))
        names += re.findall(r"^([\w-]+) =", source, re.MULTILINE)
    for name in names:
        message = bundle.get_message(name)
        marked = {key: f"<{key}>{value}" for key, value in values.items()}
        shown, _ = bundle.format_pattern(message.value, marked)
        for line in str(shown).splitlines():
            used = set(re.findall(r"<(\w+)>", line))
            yield name, used, re.sub(r"<\w+>", "", line)


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize(("name", "tenant"), list(tenants()), ids=lambda each: str(each)[:12])
def test_each_line_of_ours_reads_as_what_it_shows(
    name: str, tenant: dict[str, Any], language: str
) -> None:
    own = formats(tenant)
    member_id = generate_member_id(lambda count: "12345678901"[:count], own)
    identity = tenant["identity"]["name"]
    identity = identity if isinstance(identity, str) else identity[language]
    numbers = tuple(site["member_number"]["digits"] for site in tenant["sites"])
    values = {
        "member_id": member_id,
        "address": ADDRESS,
        "email": ADDRESS,
        "identity": identity,
        "number": "00000012"[-numbers[0] :],
        "digits": "12345678",
        "minutes": "10",
        "site": "JO1 OFFICIAL SITE",
        "name": "山田花子",
        "nickname": "はなこ",
        "label": identity,
        "value": member_id,
        "joined": "2026年11月27日(金)",
        "until": "2027年11月26日(金)",
        "day": "27 November 2026",
        "at": "2026-11-27 13:00",
        "amount": "12,345,678円",
        "total": "¥12,345,678",
        "url": "https://id.fans.example/receipts/12345678",
    }
    seen = 0
    for code, used, line in lines(language, values, identity):
        read = identify(line, own, member_number_digits=numbers)
        if used & (IDS | {"value"}) and not used & ADDRESSES:
            seen += 1
            assert (read.kind, read.value) == (TypedKind.MEMBER_ID, member_id), (name, code, line)
        elif used & ADDRESSES and not used & IDS:
            seen += 1
            assert (read.kind, read.value) == (TypedKind.EMAIL, ADDRESS), (name, code, line)
        elif shown := re.search(r"[a-z]+@[a-z.]*example(?:\.jp)?", line):
            # An address of an example, as it is written in the catalog.
            assert read.value == shown[0]
        elif "identifier.could_be_member_number" in read.hints:
            # A member number without its label, in the form of a legacy ID.
            assert code in {"changing-kept", "payments-reference_unreadable"}
        else:
            assert read.kind not in {TypedKind.MEMBER_ID, TypedKind.EMAIL}, (name, code, line)
            if "会員番号" in line and "number" in used:
                assert read.kind is TypedKind.MEMBER_NUMBER, (name, code, line)
    assert seen >= 10
