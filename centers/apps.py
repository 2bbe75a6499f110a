from django.apps import AppConfig


class CentersConfig(AppConfig):
    name = "centers"

    def ready(self) -> None:
        from donors import errors

        from .guards import sentences

        errors.register(sentences.SENTENCES, sentences.FIELDS, sentences.CROSSINGS)
