"""What a row says by a word, where others than its table use it."""

from django.db import models

ABROAD = "abroad"
# ISO 3166-2:JP, which follows the official order from Hokkaido to Okinawa. Their words are
# `prefecture.<code>`.
PREFECTURES = (*(f"JP-{number:02}" for number in range(1, 48)), ABROAD)


class ConsentPage(models.TextChoices):
    """Where a member agreed: on the final confirmation of joining or buying anew, or on the page
    that asks after a login."""

    CONFIRMATION = "confirmation"
    QUESTION = "question"
