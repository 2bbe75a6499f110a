from django.contrib import messages


def show(request, form, refused) -> None:
    """A rule's sentence beside its field, or over the page where it belongs to no field."""
    if refused.field:
        form.add_error(refused.field, str(refused))
    else:
        messages.error(request, str(refused))
