from django.apps import AppConfig
from django.db.models.signals import post_migrate


class DonorsConfig(AppConfig):
    name = "donors"

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_added

        from . import errors, guards
        from .accounts.factors import set_up
        from .clock import zone_offsets
        from .guards import sentences

        errors.register(sentences.SENTENCES)
        post_migrate.connect(guards.after_migrating)
        post_migrate.connect(zone_offsets.after_migrating, sender=self)
        authenticator_added.connect(set_up, dispatch_uid="donors.accounts.factors.set_up")
