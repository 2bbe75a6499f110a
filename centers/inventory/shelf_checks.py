from centers.models import ShelfCheck


def ask(*, center, component, now):
    row, made = ShelfCheck.objects.get_or_create(
        center=center, component=component, answered_at=None, defaults={"asked_at": now}
    )
    return row if made else None
