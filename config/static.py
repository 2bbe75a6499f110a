from django.contrib.staticfiles.finders import AppDirectoriesFinder, FileSystemFinder


class Served(FileSystemFinder):
    """Excludes npm builds that no page references: collecting them took most of a start's time."""

    UNUSED = (
        *("bootstrap-*", "bootstrap.css*", "bootstrap.rtl.css*"),
        *("htmx.js", "htmx.amd.js", "htmx.cjs.js", "htmx.esm.*", "htmx.min.js.gz", "ext"),
        *("*-full-normal.woff2", "*-hexp-normal.woff2", "*-vietnamese-*"),
    )

    def list(self, ignore_patterns):
        return super().list([*(ignore_patterns or ()), *self.UNUSED])


class OfApps(AppDirectoriesFinder):
    """Excludes the htmx builds of django-htmx: the site serves npm's."""

    def list(self, ignore_patterns):
        return super().list([*(ignore_patterns or ()), "django_htmx"])
