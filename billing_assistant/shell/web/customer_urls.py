"""The pages under /customers/ that read from every floor."""

from django.urls import path

from billing_assistant.shell.web import customer_detail, portal_links

urlpatterns = [
    path("<uuid:customer_id>/", customer_detail.customer_detail, name="detail"),
    path("<uuid:customer_id>/links/", portal_links.portal_links, name="portal_links"),
    path("<uuid:customer_id>/links/revoke/", portal_links.portal_links_end, name="portal_links_revoke"),
    path("<uuid:customer_id>/links/<uuid:link_id>/revoke/", portal_links.portal_link_end, name="portal_link_revoke"),
]
