from django.contrib.staticfiles.apps import StaticFilesConfig


class Served(StaticFilesConfig):
    """Of what npm brought, the builds that no page names are not collected: most of the work of a start."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        *("bootstrap-*", "bootstrap.css*", "bootstrap.rtl.css*"),
        *("htmx.js", "htmx.amd.js", "htmx.cjs.js", "htmx.esm.*", "htmx.min.js.gz", "ext"),
        *("*-full-normal.woff2", "*-hexp-normal.woff2", "*-vietnamese-*"),
    ]
