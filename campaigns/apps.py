from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "campaigns"

    def ready(self) -> None:
        from donors import errors

        from .guards import sentences
        from .operations import log
        from .situation import told

        errors.register(sentences.SENTENCES)
        log.add(told.of_operation)
