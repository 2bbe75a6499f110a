from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "campaigns"

    def ready(self) -> None:
        from donors import errors

        from .guards import sentences

        errors.register(sentences.SENTENCES)
