"""Tags, filters and form parts."""

import re
from datetime import UTC, date, datetime
from itertools import product

import pytest
from django import forms
from django.template import Context, Template
from django.utils.translation import override

from kaiin.domain.money import Money
from kaiin.infra.texts import format_date
from kaiin.web.base.browsers import in_app_browser
from kaiin.web.parts.forms import BirthDateField, KaiinForm, PasswordInput


def render(source: str, **context: object) -> str:
    return Template(source).render(Context(context)).strip()


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("JO1 OFFICIAL SITEを退会しますか", "[JO1 OFFICIAL SITEを]退会しますか"),
        (
            "JO1 Mailへの申し込みと<JO1 OFFICIAL SITE>",
            "[JO1 Mailへの]申し込みと&lt;[JO1 OFFICIAL SITE]&gt;",
        ),
        ("Leave JO1 Mail?", "Leave [JO1 Mail]?"),
        ("マイページ", "マイページ"),
    ],
)
def test_titles_keep_a_sites_name_together(plusmember: object, title: str, shown: str) -> None:
    rendered = render("{{ title|whole_names }}", title=title)
    opened = rendered.replace('<span class="whole site-name">', "[").replace("</span>", "]")
    assert opened == shown


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("<p>2026年11月30日(月)までに</p>", "<p>[2026年11月30日(月)]までに</p>"),
        ("until 30 November 2026, 09:05", "until [30 November 2026], 09:05"),
        ('<a title="1 May 2026">x</a>', '<a title="1 May 2026">x</a>'),
        ("<option>1 May 2026</option>1 May 2026", "<option>1 May 2026</option>[1 May 2026]"),
        ("11月30日、30 November", "11月30日、30 November"),
    ],
)
def test_no_date_of_a_page_is_broken_in_two(page: str, shown: str) -> None:
    rendered = render("{% whole_days %}" + page + "{% endwhole_days %}")
    assert re.sub(r'<span class="day">(.*?)</span>', r"[\1]", rendered) == shown


def test_every_day_that_is_written_is_kept_whole() -> None:
    for month, language in product(range(1, 13), ("ja", "en")):
        written = format_date(date(2026, month, 9), language)
        rendered = render("{% whole_days %}{{ day }}{% endwhole_days %}", day=written)
        assert rendered == f'<span class="day">{written}</span>'


@pytest.mark.parametrize(
    ("language", "source", "shown"),
    [
        ("ja", "{{ money|money }}", "6,600円"),
        ("en", "{{ money|money }}", "¥6,600"),
        ("ja", "{{ at|jdate }}", "2026年11月23日(月)"),
        ("en", "{{ at|jdate }}", "23 November 2026"),
        ("ja", "{{ at|jdatetime }}", "2026年11月23日(月) 0:05"),
        ("en", "{{ at|jdatetime }}", "23 November 2026, 00:05 JST"),
        ("ja", "{{ day|jdate }}", "2026年11月22日(日)"),
        ("ja", "{{ nothing|jdate }}", ""),
    ],
)
def test_money_and_dates_are_written_as_the_language_does(
    language: str, source: str, shown: str
) -> None:
    with override(language):
        rendered = render(
            source,
            money=Money(6600),
            at=datetime(2026, 11, 22, 15, 5, tzinfo=UTC),
            day=date(2026, 11, 22),
            nothing=None,
        )
    assert rendered == shown


def test_texts_are_escaped_with_what_is_put_into_them() -> None:
    with override("en"):
        shown = render('{% t "common.operated_by" name=name %}', name="<b>A & B</b>")
    assert shown == "Operated by &lt;b&gt;A &amp; B&lt;/b&gt;"


def test_a_notice_quotes_its_code_and_escapes_its_title(plusmember: object) -> None:
    shown = render(
        '{% notice kind="error" title=title code="access.dormant" %}'
        "<p>{{ why }}</p>{% endnotice %}",
        title="<i>",
        why="<u>",
    )
    assert "<code>access.dormant</code>" in shown
    assert "&lt;i&gt;" in shown
    assert "<p>&lt;u&gt;</p>" in shown


class Sample(KaiinForm):
    name = forms.CharField(label="Name")
    way = forms.ChoiceField(label="Way", choices=[("a", "A")], widget=forms.RadioSelect)
    agree = forms.BooleanField(label="Yes")
    password = forms.CharField(label="Password", widget=PasswordInput)
    born = BirthDateField(label="Born")


def test_what_is_missing_is_asked_for_by_name() -> None:
    with override("en"):
        errors = Sample({}).errors
        assert errors["name"] == ["Enter your name."]
        assert errors["way"] == ["Way: please choose one."]
        assert errors["agree"] == ["Please tick “Yes”."]


def test_a_typed_password_never_comes_back() -> None:
    assert "hunter2" not in str(Sample({"password": "hunter2"})["password"])


def test_errors_and_hints_are_tied_to_their_field() -> None:
    form = Sample({})
    shown = render('{% include "components/field.html" with field=form.name %}', form=form)
    assert 'aria-describedby="id_name_error"' in shown
    assert 'id="id_name_error"' in shown
    assert 'aria-invalid="true"' in shown


@pytest.mark.parametrize(
    ("typed", "born"),
    [
        (("1998", "4", "7"), date(1998, 4, 7)),
        (("１９９８", "０４", "７"), date(1998, 4, 7)),
        (("1998年", "4月", "7日"), date(1998, 4, 7)),
        ((" 2000 ", "02", "29"), date(2000, 2, 29)),
        (("1998", "2", "30"), None),
        (("98", "4", "7"), None),
        (("1899", "12", "31"), None),
        (("1998", "", "7"), None),
        (("千九百", "4", "7"), None),
    ],
)
def test_dates_of_birth(typed: tuple[str, str, str], born: date | None) -> None:
    parts = dict(zip(("born_year", "born_month", "born_day"), typed, strict=True))
    form = Sample(parts)
    assert form.errors.get("born") is None if born else form.errors["born"]
    if born:
        assert form.cleaned_data["born"] == born
    else:
        assert all(f'value="{part}"' in str(form["born"]) for part in typed if part)


@pytest.mark.parametrize(
    ("language", "order"), [("ja", ["year", "month", "day"]), ("en", ["day", "month", "year"])]
)
def test_a_date_is_asked_for_in_the_languages_order(language: str, order: list[str]) -> None:
    with override(language):
        shown = str(Sample()["born"])
    assert sorted(order, key=lambda part: shown.index(f"born_{part}")) == order


@pytest.mark.parametrize(
    ("user_agent", "app"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) Mobile/15E148 Safari Line/14.3.0", "line"),
        ("Mozilla/5.0 (iPhone) AppleWebKit/605 Mobile/21F90 Instagram 334.0.4.32.98", "instagram"),
        ("Mozilla/5.0 (iPhone) Mobile/21E [FBAN/FBIOS;FBAV/465.0.0;FBDV/iPhone15]", "facebook"),
        ("Mozilla/5.0 (iPhone) Mobile/15E148 Twitter for iPhone/10.44", "x"),
        ("Mozilla/5.0 (iPhone) Mobile/15E148 YJApp-IOS jp.co.yahoo.ipn.appli/4.119", "yahoo"),
        ("Mozilla/5.0 (iPhone) GSA/319.0.6 Mobile/15E148 Safari/604.1", "google"),
        ("Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) Chrome/125.0 Mobile", "other"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) Version/17.5 Safari/604.1", None),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/126.0 Mobile Safari/537.36", None),
        ("", None),
    ],
)
def test_browsers_inside_apps_are_recognised(user_agent: str, app: str | None) -> None:
    assert in_app_browser(user_agent) == app
