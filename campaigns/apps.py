from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "campaigns"

    def ready(self) -> None:
        from centers.inventory import cover
        from donors import errors

        from .guards import sentences
        from .operations import estimates, log
        from .situation import told

        errors.register(sentences.SENTENCES)
        log.add(told.of_operation)
        cover.expect(estimates.extra_use)
