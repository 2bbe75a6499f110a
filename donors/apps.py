from django.apps import AppConfig
from django.db.models.signals import post_migrate


class DonorsConfig(AppConfig):
    name = "donors"

    def ready(self) -> None:
        from . import zone_rows

        post_migrate.connect(zone_rows.after_migrating, sender=self)
