"""Accounts: the roles of the demo, staff of every centre with stock, an officer per unit."""

from __future__ import annotations

import random
from datetime import date

from django.contrib.auth.hashers import make_password

from centers.models import Center, Job, Staff
from donors.models import Officer, Unit, User

from .names import Names

FULL_NAMES = {
    "demo-administrator": ("سميرة", "بنسعيد"),
    "demo-administrator-2": ("كريمة", "العلمي"),
    "demo-officer-taza": ("عبد الحق", "الزروالي"),
    "demo-officer-marrakech": ("نبيل", "آيت الطالب"),
    "demo-reception-taza": ("خديجة", "التازي"),
    "demo-collection-taza": ("يونس", "بوزيدي"),
    "demo-doctor-taza": ("مريم", "الشرايبي"),
    "demo-laboratory-1-taza": ("هشام", "لحلو"),
    "demo-laboratory-2-taza": ("لبنى", "الوزاني"),
    "demo-stock-taza": ("سعاد", "الغرباوي"),
    "demo-manager-taza": ("رضوان", "بنموسى"),
    "demo-stock-marrakech": ("فؤاد", "المالكي"),
    "demo-manager-marrakech": ("غزلان", "الكتاني"),
    "demo-manager-casablanca": ("أمينة", "الفاسي"),
    "demo-doctor-casablanca": ("صفاء", "الشرايبي"),
    "demo-stock-casablanca": ("طارق", "السباعي"),
    "demo-auditor": ("إدريس", "بلغيثي"),
    "demo-donor": ("يوسف", "اليحياوي"),
}
POSTS = {
    "reception": Job.RECEPTION,
    "collection": Job.COLLECTION,
    "doctor": Job.DOCTOR,
    "laboratory-1": Job.LABORATORY,
    "laboratory-2": Job.LABORATORY,
    "stock": Job.STOCK,
    "manager": Job.MANAGER,
}
TOWNS = {"BS-TAZ": "taza", "CRTS-MAR": "marrakech", "CRTS-CAS": "casablanca"}
COMMANDS = {"SR-TAZ": "demo-officer-taza", "PP-MAR": "demo-officer-marrakech"}

Crew = dict[str, dict[str, User]]  # centre code to post to user


def load(*, centers: dict[str, Center], today: date) -> tuple[Crew, dict[str, User]]:
    """The staff by centre and post, and the officers by unit code."""
    since = date(today.year - 2, 1, 1)
    posts = {(code, post): _username(code, post) for code in centers for post in POSTS}
    units = list(Unit.objects.order_by("path"))
    commands = {u.code: COMMANDS.get(u.code, f"officer-{u.code.lower()}") for u in units}
    users = _users({*FULL_NAMES, *posts.values(), *commands.values()})
    Staff.objects.bulk_create(
        Staff(user=users[name], center=centers[code], job=POSTS[post], since=since)
        for (code, post), name in posts.items()
    )
    Officer.objects.bulk_create(
        Officer(user=users[commands[u.code]], unit=u, since=since) for u in units
    )
    crew: Crew = {code: {post: users[posts[code, post]] for post in POSTS} for code in centers}
    return crew, {code: users[name] for code, name in commands.items()}


def _username(center: str, post: str) -> str:
    named = f"demo-{post}-{TOWNS.get(center, '')}"
    return named if named in FULL_NAMES else f"{post}-{center.lower()}"


def _users(usernames: set[str]) -> dict[str, User]:
    made, dice, count = [], random.Random(len(usernames)), len(usernames)
    given_names, family_names = Names("female").draw(dice, count), Names("family").draw(dice, count)
    drawn = zip(given_names, family_names, strict=True)
    for username, (one, other) in zip(sorted(usernames), drawn, strict=True):
        given, family = FULL_NAMES.get(username, (one.arabic, other.arabic))
        made.append(
            User(
                username=username,
                email=f"{username}@example.org",
                password=make_password(None),
                first_name=given,
                last_name=family,
                is_administrator=username.startswith("demo-administrator"),
                is_auditor=username == "demo-auditor",
            )
        )
    return {u.username: u for u in User.objects.bulk_create(made)}
