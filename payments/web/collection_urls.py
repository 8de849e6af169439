"""Pages of plans that a provider collects. They stand under the address of the plan."""

from django.urls import path

from payments.web import collections

urlpatterns = [
    path("plans/<uuid:plan_id>/collection/", collections.plan_collection, name="plan_collection"),
    path("plans/<uuid:plan_id>/collection/act/", collections.plan_collection_act, name="plan_collection_act"),
]
