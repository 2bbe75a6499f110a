from django.apps import AppConfig
from django.db.models.signals import post_migrate


class DonorsConfig(AppConfig):
    name = "donors"

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_added

        from . import zone_rows
        from .factors import set_up

        post_migrate.connect(zone_rows.after_migrating, sender=self)
        authenticator_added.connect(set_up, dispatch_uid="donors.factors.set_up")
