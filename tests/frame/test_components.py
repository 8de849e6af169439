from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django import forms
from django.template import Context, Template
from django.test import RequestFactory

from billing_assistant.core.money import Money
from billing_assistant.core.states import Status
from billing_assistant.core.ui.forms import AmountField, DayField


class Sample(Status):
    OVERDUE = "overdue", "Overdue", "danger", "alert-triangle"


class SampleForm(forms.Form):
    name = forms.CharField(label="Name", help_text="As on <invoices>")
    amount = AmountField(label="Amount", currency="KES")
    due_on = DayField(label="Due on", required=False)
    channel = forms.ChoiceField(label="By", widget=forms.RadioSelect, choices=[("email", "E-mail"), ("sms", "SMS")])
    country = forms.ChoiceField(label="Country", choices=[(str(n), f"Country {n}") for n in range(8)])


@dataclass(frozen=True)
class Page:
    start: int = 51
    end: int = 100
    next_cursor: str = "n"
    previous_cursor: str = "p"
    count: int | None = None


def render(source: str, **context: Any) -> str:
    return Template("{% load components %}" + source).render(Context(context)).strip()


def test_money_has_a_small_code_and_a_real_minus() -> None:
    html = render("{% money amount 'KES' %}", amount=Decimal("-1500"))
    assert html == '<span class="money"><span class="money-code">KES</span> −1,500.00</span>'


def test_money_says_when_its_figure_is_too_long_for_a_narrow_box() -> None:
    assert "money-long" not in render("{% money amount 'KES' %}", amount=Decimal("999999.99"))
    assert 'class="money money-long"' in render("{% money amount 'KES' %}", amount=Decimal(1_234_567_890))


def test_money_takes_a_money_value() -> None:
    assert render("{% money m %}", m=Money(Decimal(5), "JPY")).endswith("5</span>")
    assert render("{% money_value m %}", m=Money(Decimal(5), "JPY")) == "5"


def test_no_money_is_a_dash() -> None:
    assert "—" in render("{% money amount 'KES' %}", amount=None)


def test_a_badge_says_the_word_of_its_status() -> None:
    html = render("{% badge status %}", status=Sample.OVERDUE)
    assert "state-danger" in html
    assert "#alert-triangle" in html
    assert "<span>Overdue</span>" in html


def test_a_badge_with_an_unknown_tone_is_neutral_and_escaped() -> None:
    html = render("{% badge label=label tone='pink' %}", label="<b>x</b>")
    assert "state-neutral" in html
    assert "&lt;b&gt;x&lt;/b&gt;" in html


@time_machine.travel(datetime(2026, 3, 2, 22, 30, tzinfo=UTC), tick=False)
def test_a_relative_date_counts_from_the_day_of_the_profile() -> None:
    profile = SimpleNamespace(time_zone="Africa/Nairobi")
    html = render("{% date_of d relative=True %}", d=date(2026, 3, 6), current_profile=profile)
    assert ">in 3 days<" in html
    assert 'title="Friday, 6 March 2026"' in html


def test_no_date_is_a_dash() -> None:
    assert "—" in render("{% date_of d %}", d=None)


def test_a_field_is_labelled_helped_and_escaped() -> None:
    html = render("{% field form.name %}", form=SampleForm())
    assert '<label class="field-label" for="id_name">Name</label>' in html
    assert 'aria-describedby="id_name_help"' in html
    assert "As on &lt;invoices&gt;" in html


def test_a_wrong_field_points_to_its_error() -> None:
    form = SampleForm({"name": "", "amount": "fifteen"})
    html = render("{% field form.amount %}", form=form)
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_amount_error id_amount_hint"' in html
    assert 'value="fifteen"' in html
    assert 'id="id_amount_error"' in html


def test_an_amount_says_what_was_understood() -> None:
    html = render("{% field form.amount %}", form=SampleForm({"amount": "1.2m"}))
    assert ">KES\u00a01,200,000.00</p>" in html
    assert 'data-currency="KES"' in html


def test_a_date_says_its_weekday() -> None:
    html = render("{% field form.due_on %}", form=SampleForm(initial={"due_on": date(2026, 12, 25)}))
    assert ">Friday</p>" in html
    assert 'value="2026-12-25"' in html
    assert "optional" in html


def test_a_choice_among_many_can_be_searched() -> None:
    assert "data-search" in render("{% field form.country %}", form=SampleForm())


def test_radios_are_a_named_group() -> None:
    html = render("{% field form.channel %}", form=SampleForm({"channel": "sms"}))
    assert 'role="group" aria-labelledby="id_channel_label"' in html
    assert html.count("checked") == 1


def test_the_error_summary_links_to_the_fields() -> None:
    form = SampleForm({"name": "", "amount": "x", "channel": "sms", "country": "1"})
    html = render("{% form_errors form %}", form=form)
    assert "2 things need your attention" in html
    assert 'href="#id_name"' in html
    assert 'href="#id_amount"' in html


def test_a_form_that_was_not_sent_has_no_summary() -> None:
    assert render("{% form_errors form %}", form=SampleForm()) == ""


def test_the_pager_keeps_the_rest_of_the_query() -> None:
    request = RequestFactory().get("/invoices/?state=overdue&after=old")
    html = render("{% pager page %}", page=Page(), request=request)
    assert "51–100 of many" in html
    assert 'href="?state=overdue&amp;after=n"' in html
    assert 'href="?state=overdue&amp;before=p"' in html


def test_the_last_page_knows_its_end() -> None:
    html = render("{% pager page %}", page=Page(start=1, end=7, next_cursor="", previous_cursor=""))
    assert "1–7 of 7" in html
    assert "pager-links" not in html


@pytest.mark.parametrize(
    ("query", "aria", "target"),
    [("", "", "?sort=due"), ("sort=due", "ascending", "?sort=-due"), ("sort=-due", "descending", "?sort=due")],
)
def test_a_column_head_turns_the_order(query: str, aria: str, target: str) -> None:
    html = render("{% sort_head 'Due' 'due' %}", request=RequestFactory().get(f"/?{query}"))
    assert f'href="{target}"' in html
    assert (f'aria-sort="{aria}"' in html) is bool(aria)


def test_a_confirmation_repeats_the_verb_and_carries_the_token() -> None:
    source = "{% confirm 'void' title='Void?' action='/x/' verb='Void invoice' %}<p>Gone</p>{% endconfirm %}"
    html = render(source, csrf_token="token")
    assert 'value="token"' in html
    assert "btn-danger" in html
    assert ">Void invoice</button>" in html
    assert "<p>Gone</p>" in html


def test_an_empty_fact_is_a_dash() -> None:
    assert "<dd>—</dd>" in render("{% facts %}{% fact 'Reference' %} {% endfact %}{% endfacts %}")


def test_initials_are_of_the_first_and_the_last_word() -> None:
    assert ">AL</span>" in render("{% avatar 'Acme Hosting Ltd' %}")
    assert ">AM</span>" in render("{% avatar 'Amina' %}")
    assert ">?</span>" in render("{% avatar '' %}")


def test_block_components_escape_their_arguments() -> None:
    html = render("{% card title=t %}<p>in</p>{% endcard %}", t="<script>")
    assert "&lt;script&gt;" in html
    assert "<p>in</p>" in html
