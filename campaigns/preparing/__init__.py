"""Preparing a campaign and bringing it to its end: checklist, pictures, invitations, close-out."""
