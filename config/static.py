from django.contrib.staticfiles.finders import AppDirectoriesFinder, FileSystemFinder


class Served(FileSystemFinder):
    """Of what npm brought, the builds that no page names are not collected: most of the work of a start."""

    UNUSED = (
        *("bootstrap-*", "bootstrap.css*", "bootstrap.rtl.css*"),
        *("htmx.js", "htmx.amd.js", "htmx.cjs.js", "htmx.esm.*", "htmx.min.js.gz", "ext"),
        *("*-full-normal.woff2", "*-hexp-normal.woff2", "*-vietnamese-*"),
    )

    def list(self, ignore_patterns):
        return super().list([*(ignore_patterns or ()), *self.UNUSED])


class OfApps(AppDirectoriesFinder):
    """Without the builds of htmx that django-htmx brings: the site serves npm's."""

    def list(self, ignore_patterns):
        return super().list([*(ignore_patterns or ()), "django_htmx"])
