"""The demo company and the people who work there."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from billing_assistant.core.files import store
from billing_assistant.core.models import BusinessProfile, User
from billing_assistant.core.rights import Role
from billing_assistant.shell.demo import ACCOUNTS, SLUG, Account
from invoices.services.setup import profile_prepare

ACCENT: Final = "#0f766e"
LOGO_SIZE: Final = (720, 200)
SMOOTH: Final = 3


def company_make() -> BusinessProfile:
    """Chromapages of Nairobi with its bank, Paybill, logo, number series and tax rates; what is there is kept."""
    profile, _made = BusinessProfile.objects.get_or_create(
        slug=SLUG,
        defaults={
            "name": "Chromapages",
            "legal_name": "Chromapages Limited",
            "email": "billing@chromapages.example",
            "phone": "254709000123",
            "website": "https://chromapages.example",
            "street": "Westlands Business Park, 4th floor",
            "city": "Nairobi",
            "postal_code": "00800",
            "country": "KE",
            "tax_id": "P051234567X",
            "registration_number": "PVT-2019-042318",
            "accent_color": ACCENT,
            "bank_name": "Equity Bank",
            "bank_branch": "Westlands",
            "bank_account_name": "Chromapages Limited",
            "bank_account_number": "0123456789012",
            "bank_swift": "EQBLKENA",
            "mpesa_paybill": "522533",
            "invoice_terms": "Payment within the days stated. Interest of 1.5 % a month is charged on late amounts.",
            "invoice_footer": "Thank you for your business",
            "approval_limit": Decimal(100_000),
        },
    )
    if profile.logo_id is None:
        profile.logo = store(
            content=logo_png(), name="chromapages.png", content_type="image/png", profile_id=profile.pk
        )
        profile.save(update_fields=["logo"])
    profile_prepare(profile_id=profile.pk)
    return profile


def people_make() -> dict[Role, User]:
    """The members of staff, one a role; passwords are set only when a person is made."""
    return {account.role: _person(account) for account in ACCOUNTS}


def _person(account: Account) -> User:
    known = User.objects.filter(username=account.username).first()
    if known is not None:
        return known
    boss = account.role is Role.ADMIN
    return User.objects.create_user(
        username=account.username,
        email=account.email,
        password=account.password,
        first_name=account.first_name,
        last_name=account.last_name,
        role=account.role,
        is_staff=boss,
        is_superuser=boss,
    )


def logo_png() -> bytes:
    """A mark of three pages in shades of the brand colour, drawn large and made small so that edges are smooth."""
    width, height = (side * SMOOTH for side in LOGO_SIZE)
    image = Image.new("RGBA", (width, height), (255, 255, 255, 0))
    draw = ImageDraw.Draw(image)
    page, step, top = height * 62 // 100, height * 17 // 100, height * 4 // 100
    for index, shade in enumerate(("#99d5cf", "#3d9d95", ACCENT)):
        left = index * step
        box = (left, top + index * step, left + page, top + index * step + page)
        draw.rounded_rectangle(box, radius=height // 14, fill=shade)
    _word(draw, left=height * 118 // 100, height=height)
    small = image.resize(LOGO_SIZE, Image.Resampling.LANCZOS)
    out = BytesIO()
    small.save(out, format="PNG", optimize=True)
    return out.getvalue()


def _word(draw: ImageDraw.ImageDraw, *, left: int, height: int) -> None:
    font = ImageFont.load_default(size=height * 36 / 100)
    draw.text((left, height // 2), "Chromapages", font=font, fill="#12302d", anchor="lm")
