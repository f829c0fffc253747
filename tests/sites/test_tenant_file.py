"""What a valid file becomes; and that its schema, its checks and its values agree."""

import copy
import io
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML
from scripts.tenant_schema import SCHEMA_FILE, schema_text

from kaiin.domain.dunning import DunningPolicy
from kaiin.domain.payments import Method
from kaiin.domain.periods import TermRule, TermRuleSpec
from kaiin.sites.tenant_file.loading import parse_tenant_file
from kaiin.sites.tenant_file.models import schema
from kaiin.sites.tenant_file.problems import Problem, TenantFileErrors
from tests.sites.examples import FRIENDS, PLUSMEMBER, changed, parsed

pytestmark = pytest.mark.few_on_postgres(0)


def plain(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


def test_a_course_of_the_example() -> None:
    course = parsed(PLUSMEMBER).sites[0].courses[0]
    terms = course.terms
    assert (course.key, terms.price, terms.renews, course.offered) == ("monthly", 550, True, True)
    assert terms.term == TermRuleSpec(TermRule.CALENDAR_MONTH)
    assert terms.term_by_method == {Method.SOFTBANK: TermRuleSpec(TermRule.ANNIVERSARY)}
    assert terms.ways == (Method.CARD, Method.DOCOMO, Method.AU, Method.SOFTBANK)
    assert terms.dunning == DunningPolicy((3, 7), 3, 1)


def test_konbini_is_for_years_and_every_way_is_used() -> None:
    file = parsed(PLUSMEMBER)
    used = {way for site in file.sites for course in site.courses for way in course.terms.ways}
    assert used == set(Method) == set(file.ways_to_pay)
    for site in file.sites:
        for course in site.courses:
            assert (course.terms.term.months == 12) == (Method.KONBINI in course.terms.ways)


def test_defaults() -> None:
    text = changed(FRIENDS, "        dunning: {dormant_months: 2}\n", "")
    text = changed(text, "        renewal_opens_months: 2\n", "")
    text = changed(text, "    member_number: {digits: 5, start: 1001}\n    rejoin_days: 90\n", "")
    file = parsed(text)
    site = file.sites[0]
    assert (site.member_number.digits, site.member_number.start, site.rejoin_days) == (8, 1, 30)
    terms = site.courses[0].terms
    assert terms.dunning == DunningPolicy((), 0, 1)
    assert (terms.renewal_opens_months, terms.slip_days) == (3, 7)
    assert file.identity.consent_age == 18


def test_renewal_opens_within_the_term() -> None:
    text = changed(FRIENDS, "        renewal_opens_months: 2\n", "")
    text = changed(text, "months: 12}", "months: 1}")
    assert parsed(text).sites[0].courses[0].terms.renewal_opens_months == 1


def test_a_text_alone_is_in_the_one_language() -> None:
    assert parsed(FRIENDS).sites[0].name == {"en": "Friends of the Harbour Museum"}


def test_bytes_that_editors_add_are_no_error() -> None:
    data = b"\xef\xbb\xbf" + FRIENDS.replace("\n", "\r\n").encode()
    assert parse_tenant_file(name="tenant.yaml", data=data).sites == parsed(FRIENDS).sites


def test_yaml_in_json_and_aliases_are_fine() -> None:
    text = PLUSMEMBER.replace(
        "term: {rule: calendar_month}", "term: &month {rule: calendar_month}", 1
    )
    text = text.replace("term: {rule: calendar_month}", "term: *month", 1)
    assert parsed(text).sites == parsed(PLUSMEMBER).sites


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(schema())


def _parts(part: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(part, dict):
        yield path, part
        for key, inner in part.items():
            yield from _parts(inner, f"{path}/{key}")


def test_the_schema_for_editors_is_that_of_the_models() -> None:
    """Otherwise: make fmt."""
    assert SCHEMA_FILE.read_text("utf-8") == schema_text()


def test_every_text_of_the_schema_says_what_to_write() -> None:
    """What to write instead of a number or one of a choice follows from its bounds."""
    silent = [
        path
        for path, part in _parts(schema())
        if part.get("type") == "string" and not part.keys() & {"enum", "x-write"}
    ]
    assert not silent


def test_every_field_has_words_for_editors() -> None:
    """Its own or those of its type; what its name says needs none."""
    plain = {
        "name",
        "address",
        "phone",
        "email",
        "device",
        "browser",
        "title",
        "digits",
        "ja",
        "en",
    }
    parts = dict(_parts(schema()))
    silent = [
        path
        for path, part in parts.items()
        if path.endswith("/properties")
        for name, field in part.items()
        if name not in plain
        and "description"
        not in {**parts.get(field.get("$ref", "#").removeprefix("#"), {}), **field}
    ]
    assert not silent


@pytest.mark.parametrize("text", [PLUSMEMBER, FRIENDS], ids=["plusmember", "museum-friends"])
def test_an_editor_finds_no_fault_with_the_examples(text: str) -> None:
    assert not list(Draft202012Validator(schema()).iter_errors(plain(text)))


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _paths(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _paths(inner, (*path, index))


_PLAIN = plain(PLUSMEMBER)
_PATHS = [path for path in _paths(_PLAIN) if path]
_JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10**12),
    st.floats(allow_nan=False),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12),
    st.sampled_from(["ja", "card", "konbini", "monthly", "official", "#123456", "E", "T1"]),
    st.lists(st.sampled_from(["card", "ja", "x", 1, None]), max_size=3),
    st.dictionaries(st.sampled_from(["ja", "en", "rule", "months", "key", "card"]),
                    st.sampled_from(["x", 1, None, []]), max_size=3),
)  # fmt: skip


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from(_PATHS), _JUNK), min_size=1, max_size=4),
    st.lists(st.sampled_from(_PATHS), max_size=2),
)
def test_any_damage_is_either_harmless_or_told_with_its_place(
    written: list[tuple[tuple[Any, ...], Any]], dropped: list[tuple[Any, ...]]
) -> None:
    """Whatever stands where: no crash, and every error in a line that the file has."""
    damaged = copy.deepcopy(_PLAIN)
    for path, junk in written:
        _put(damaged, path, junk)
    for path in dropped:
        _drop(damaged, path)
    stream = io.StringIO()
    YAML(typ="safe", pure=True).dump(damaged, stream)
    text = stream.getvalue()
    lines = text.splitlines()
    for problem in _problems(text):
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
        assert problem.path
        assert problem.message
        assert problem.instead


def _problems(text: str) -> tuple[Problem, ...]:
    try:
        parsed(text)
    except TenantFileErrors as errors:
        return errors.problems
    return ()


def _put(root: Any, path: tuple[Any, ...], junk: Any) -> None:
    here = _parent(root, path)
    if isinstance(here, dict) or (isinstance(here, list) and _has(here, path[-1])):
        here[path[-1]] = junk


def _drop(root: Any, path: tuple[Any, ...]) -> None:
    here = _parent(root, path)
    if _has(here, path[-1]):
        del here[path[-1]]


def _parent(root: Any, path: tuple[Any, ...]) -> Any:
    here = root
    for step in path[:-1]:
        if not _has(here, step):
            return None
        here = here[step]
    return here


def _has(here: Any, step: Any) -> bool:
    if isinstance(here, dict):
        return step in here
    return isinstance(here, list) and isinstance(step, int) and step < len(here)
