"""Addresses of the settings."""

from __future__ import annotations

from django.urls import path

from billing_assistant.shell.web.settings import business, index, keys, people

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
]
