"""Business profiles: checked as a whole, their logo written anew."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from billing_assistant.core import clock, files
from billing_assistant.core.errors import NotFound, PermissionRefused, ValidationFailed
from billing_assistant.core.files import FileRefused
from billing_assistant.core.models import BusinessProfile, Event
from billing_assistant.core.pictures import LOGO_BOX, logo_png
from billing_assistant.core.rights import Role
from billing_assistant.core.services.business_profiles import (
    business_profile_create,
    business_profile_remove_logo,
    business_profile_set_logo,
    business_profile_update,
)
from tests import factories

NOW = clock.now()


def picture(size: tuple[int, int] = (600, 200), kind: str = "PNG", **options: Any) -> bytes:
    written = BytesIO()
    Image.new("RGB", size, "#1f6feb").save(written, kind, **options)
    return written.getvalue()


@pytest.mark.django_db
class TestFields:
    def test_a_profile_is_made_and_recorded(self) -> None:
        values = {"name": "Acme", "slug": "acme", "email": "a@acme.example"}
        made = business_profile_create(values=values, actor=factories.actor(), now=NOW)
        assert BusinessProfile.objects.get() == made
        assert Event.objects.get().name == "business_profile.created"

    def test_only_changed_fields_are_recorded(self) -> None:
        profile = factories.profile()
        for _ in range(2):
            business_profile_update(
                profile_id=profile.pk,
                changes={"city": "Nairobi", "name": profile.name, "bank_branch": "Upper Hill"},
                actor=factories.actor(),
                now=NOW,
            )
        assert [event.data for event in Event.objects.all()] == [{"changed": ["city", "bank_branch"]}]

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", ""),
            ("email", "nonsense"),
            ("slug", "Not A Slug"),
            ("website", "javascript:alert(1)"),
            ("website", "ftp://x.example"),
            ("accent_color", "red"),
            ("time_zone", "Mars/Olympus"),
            ("currency", "XXX"),
            ("country", "ZZ"),
            ("country", "KENYA"),
            ("language", "tlh"),
            ("default_tax_rate", Decimal(-1)),
            ("default_tax_rate", Decimal("100.01")),
            ("approval_limit", Decimal(-1)),
            ("payment_terms_days", 366),
            ("portal_link_days", 0),
            ("invoice_number_format", "INV"),
            ("invoice_number_format", "INV-{number:04}"),
            ("invoice_number_format", "INV-{year}-{number}-{number}"),
            ("invoice_number_format", "{year.__class__}-{number}"),
            ("invoice_number_format", "{secret}-{year}-{number}"),
            ("invoice_number_format", "INV/{year}/{number}"),
            ("invoice_number_format", "{year:99999999}-{number}"),
            ("invoice_number_format", "{year}{-{number}"),
            ("customer_number_format", "C-{year}-{number}"),
        ],
    )
    def test_what_cannot_be_is_refused_by_field(self, field: str, value: object) -> None:
        profile = factories.profile()
        with pytest.raises(ValidationFailed) as refusal:
            business_profile_update(profile_id=profile.pk, changes={field: value}, actor=factories.actor(), now=NOW)
        assert list(refusal.value.errors) == [field]
        before = getattr(profile, field)
        profile.refresh_from_db()
        assert getattr(profile, field) == before

    @pytest.mark.parametrize("field", ["id", "created_at", "logo", "nonsense", "pk"])
    def test_other_fields_cannot_be_set(self, field: str) -> None:
        profile = factories.profile()
        with pytest.raises(ValidationFailed):
            business_profile_update(profile_id=profile.pk, changes={field: "x"}, actor=factories.actor(), now=NOW)

    @pytest.mark.parametrize("role", [Role.FINANCE, Role.CSM, Role.READ_ONLY, Role.CLIENT])
    def test_only_administrators_change_it(self, role: Role) -> None:
        profile, actor = factories.profile(), factories.actor(role)
        with pytest.raises(PermissionRefused):
            business_profile_update(profile_id=profile.pk, changes={"city": "x"}, actor=actor, now=NOW)
        with pytest.raises(PermissionRefused):
            business_profile_create(values={}, actor=actor, now=NOW)
        with pytest.raises(PermissionRefused):
            business_profile_set_logo(profile_id=profile.pk, content=picture(), actor=actor, now=NOW)

    def test_an_administrator_of_another_profile_does_not_see_it(self) -> None:
        mine, theirs = factories.profile(), factories.profile()
        actor = factories.actor(profiles=[mine])
        with pytest.raises(NotFound):
            business_profile_update(profile_id=theirs.pk, changes={"city": "x"}, actor=actor, now=NOW)
        with pytest.raises(PermissionRefused):
            business_profile_create(values={}, actor=actor, now=NOW)


@pytest.mark.django_db
class TestLogo:
    def test_a_picture_becomes_the_logo(self) -> None:
        profile = factories.profile()
        changed = business_profile_set_logo(profile_id=profile.pk, content=picture(), actor=factories.actor(), now=NOW)
        assert changed.logo is not None
        assert files.read(changed.logo).startswith(b"\x89PNG")
        assert Event.objects.get().data == {"changed": ["logo"]}

    def test_it_can_be_taken_away(self) -> None:
        profile = factories.profile()
        business_profile_set_logo(profile_id=profile.pk, content=picture(), actor=factories.actor(), now=NOW)
        assert business_profile_remove_logo(profile_id=profile.pk, actor=factories.actor(), now=NOW).logo is None

    def test_what_is_no_picture_changes_nothing(self) -> None:
        profile = factories.profile()
        with pytest.raises(FileRefused):
            business_profile_set_logo(profile_id=profile.pk, content=b"MZ", actor=factories.actor(), now=NOW)
        profile.refresh_from_db()
        assert profile.logo is None


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_every_kind_becomes_a_bounded_png(kind: str) -> None:
    with Image.open(BytesIO(logo_png(picture((3000, 2000), kind)))) as written:
        assert written.format == "PNG"
        assert written.width <= LOGO_BOX[0]
        assert written.height <= LOGO_BOX[1]


def test_nothing_but_pixels_is_kept() -> None:
    exif = Image.Exif()
    exif[0x010E] = "canary-description"
    jpeg = picture(kind="JPEG", exif=exif, comment=b"canary-comment") + b"<script>canary-tail</script>"
    assert b"canary" in jpeg
    assert b"canary" not in logo_png(jpeg)


def test_a_picture_turned_by_its_camera_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.open(BytesIO(logo_png(picture((400, 100), "JPEG", exif=exif)))) as written:
        assert written.height > written.width


BOMB = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
    + (50_000).to_bytes(4, "big") * 2
    + b"\x08\x02\x00\x00\x00"
    + b"\x00\x00\x00\x00"
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ",
        SVG,
        b"%PDF-1.7",
        b"GIF89a" + bytes(50),
        b"%!PS-Adobe-3.0 EPSF-3.0",
        BOMB,
        b"x" * 5_000_000,
    ],
    ids=["empty", "program", "svg", "pdf", "gif", "eps", "pixel flood", "large"],
)
def test_what_is_no_safe_picture_is_refused(content: bytes) -> None:
    with pytest.raises(FileRefused):
        logo_png(content)


def test_too_many_pixels_are_refused_before_they_are_decoded() -> None:
    with pytest.raises(FileRefused, match="too many pixels"):
        logo_png(picture((6001, 10)))
