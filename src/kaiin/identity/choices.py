"""What a row says by a word, where others than its table use it."""

from django.db import models


class ConsentPage(models.TextChoices):
    """Where a member agreed: on the final confirmation of joining or buying anew, or on the page
    that asks after a login."""

    CONFIRMATION = "confirmation"
    QUESTION = "question"
