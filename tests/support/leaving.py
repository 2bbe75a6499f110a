"""A bag leaves for a patient in a browser: scanned by one person, and again by a second."""

from django.utils import timezone

from centers.models import Bag

from . import blood
from .browser import axe
from .keyboards import AZERTY, Keyboard


def fill_patient(page) -> None:
    """The patient's part of the hospital's paper, with the sample and what two people read."""
    page.locator("main form summary").first.click()
    page.select_option("[name=sex]", "F")
    for name, value in {
        "identifier": "P-1961",
        "born": "1961",
        "sample_number": "S-1961",
        "drawn_at": f"{timezone.localtime():%Y-%m-%dT%H:%M}",
        "drawn_by": "خديجة",
        "grouped_by": "سعاد",
        "regrouped_by": "نادية",
    }.items():
        page.fill(f"[name={name}]", value)
    page.select_option("[name=regroup]", "O+")
    page.select_option("[name=screen]", "negative")


def scan_twice(page, sign_in, bag: Bag, *, second) -> None:
    """On the page of the request: the number and the group bar, by the first and by the second."""
    number, group = blood.bars(bag)[:2]
    for who, form, prefix in ((None, "pick", ""), (second, "issue", "second-")):
        if who:
            sign_in(page, who)
            page.reload()
            axe(page)
        of = f"form[action$='/{form}/']"
        page.locator(f"{of} [name={prefix}number]").focus()
        scanner = Keyboard(page, AZERTY)  # as on most desks of the country
        scanner.scans(number)  # its Enter goes on to the group
        with page.expect_navigation():
            scanner.scans(group)
        page.wait_for_selector(".notice.success")
        axe(page)
