"""Addresses of the settings."""

from __future__ import annotations

from django.urls import path

from billing_assistant.shell.web.settings import (
    business,
    connections,
    exchange_rates,
    index,
    keys,
    lock_date,
    number_series,
    paying_rules,
    people,
    retention,
    tax_rates,
)

urlpatterns = [
    path("settings/", index.settings_index, name="settings"),
    path("settings/profile/", business.business_profile, name="business_profile"),
    path("settings/profile/new/", business.business_profile_new, name="business_profile_new"),
    path("settings/profile/logo/", business.business_profile_logo, name="business_profile_logo"),
    path("settings/users/", people.people, name="people"),
    path("settings/users/new/", people.person_new, name="person_new"),
    path("settings/users/<uuid:person_id>/", people.person_edit, name="person"),
    path("settings/users/<uuid:person_id>/active/", people.person_active, name="person_active"),
    path("settings/users/<uuid:person_id>/invite/", people.person_invite, name="person_invite"),
    path("settings/users/<uuid:person_id>/second-factor/", people.person_second_factor, name="person_second_factor"),
    path("settings/api-keys/", keys.api_keys, name="api_keys"),
    path("settings/api-keys/new/", keys.api_key_new, name="api_key_new"),
    path("settings/api-keys/<uuid:key_id>/revoke/", keys.api_key_end, name="api_key_revoke"),
    path("settings/payments/", connections.connections, name="connections"),
    path("settings/payments/new/<slug:vendor>/", connections.connection_new, name="connection_new"),
    path("settings/payments/<uuid:connection_id>/", connections.connection, name="connection"),
    path("settings/payments/<uuid:connection_id>/test/", connections.connection_test, name="connection_test"),
    path("settings/payments/<uuid:connection_id>/on/", connections.connection_on, name="connection_on"),
    path("settings/payments/<uuid:connection_id>/off/", connections.connection_off, name="connection_off"),
    path("settings/payments/<uuid:connection_id>/retire/", connections.connection_retire, name="connection_retire"),
    path("settings/payments/<uuid:connection_id>/first/", connections.connection_first, name="connection_first"),
    path("settings/paying/", paying_rules.paying_rules, name="paying_rules"),
    path("settings/tax-rates/", tax_rates.tax_rates, name="tax_rates"),
    path("settings/tax-rates/new/", tax_rates.tax_rate_new, name="tax_rate_new"),
    path("settings/tax-rates/rules/", tax_rates.tax_rules, name="tax_rules"),
    path("settings/tax-rates/<uuid:rate_id>/change/", tax_rates.tax_rate_change, name="tax_rate_change"),
    path("settings/tax-rates/<uuid:rate_id>/reason/", tax_rates.tax_rate_reason, name="tax_rate_reason"),
    path("settings/tax-rates/<uuid:rate_id>/end/", tax_rates.tax_rate_retire, name="tax_rate_retire"),
    path("settings/tax-rates/<uuid:rate_id>/default/", tax_rates.tax_rate_default, name="tax_rate_default"),
    path("settings/number-series/", number_series.number_series, name="number_series"),
    path("settings/number-series/new/", number_series.number_series_new, name="number_series_new"),
    path(
        "settings/number-series/<uuid:series_id>/default/",
        number_series.number_series_default,
        name="number_series_default",
    ),
    path("settings/retention/", retention.retention, name="retention"),
    path("settings/lock-date/", lock_date.lock_date, name="lock_date"),
    path("settings/exchange-rates/", exchange_rates.exchange_rates, name="exchange_rates"),
    path("settings/exchange-rates/new/", exchange_rates.exchange_rate_new, name="exchange_rate_new"),
    path("settings/exchange-rates/import/", exchange_rates.exchange_rate_import, name="exchange_rate_import"),
    path("settings/exchange-rates/rules/", exchange_rates.exchange_rules, name="exchange_rules"),
    path(
        "settings/exchange-rates/<uuid:exchange_rate_id>/remove/",
        exchange_rates.exchange_rate_delete,
        name="exchange_rate_delete",
    ),
]
