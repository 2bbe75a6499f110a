from django.conf import settings


def site(request) -> dict:
    return {"DEMO": settings.DEMO, "SITE_NAME": settings.SITE_NAME, "SITE_URL": settings.SITE_URL}
