"""What the tenant file declares, as applied; written by `operations` alone."""

from django.db import models
from django.db.models import Q

from kaiin.domain.documents import DocumentKind
from kaiin.infra.constraints import known

TENANT_ID = 1


class Tenant(models.Model):
    """The one row that says whose installation this is.

    Texts are `{"ja": …, "en": …}` with every one of `languages`.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=TENANT_ID)
    revision = models.UUIDField(help_text="New with every change; processes reload by it.")
    applied_at = models.DateTimeField()

    identity_name = models.JSONField(default=dict)
    formerly = models.CharField(max_length=100, blank=True)
    host = models.CharField(max_length=253, help_text="A label, or a full name with a dot.")
    former_hosts = models.JSONField(default=list)
    languages = models.JSONField(default=list)
    default_language = models.CharField(max_length=8)

    member_id_prefix = models.CharField(max_length=1)
    member_id_digits = models.PositiveSmallIntegerField(
        default=9, help_text="The check digit included."
    )
    member_id_legacy = models.JSONField(default=list, help_text='[{"prefix", "digits"}]')
    details = models.JSONField(default=list, help_text='[["nickname", "required"], …]')
    consent_age = models.PositiveSmallIntegerField(
        default=18, help_text="Younger needs a guardian's consent."
    )

    sender_name = models.CharField(max_length=100)
    sender_address = models.CharField(max_length=254)
    support = models.JSONField(default=dict)
    seller = models.JSONField(default=dict, help_text="The legal notice.")
    ways_to_pay = models.JSONField(default=dict, help_text='{"card": "sandbox", …}')
    refund_second_payments = models.BooleanField(
        default=True, help_text="A second payment for one period goes back by itself."
    )
    renewal_reminder_days = models.JSONField(
        default=list, help_text="[30, 7]: days before the last day to stop a renewal."
    )
    environments = models.JSONField(default=list)
    in_app_note = models.JSONField(default=dict)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(id=TENANT_ID), name="sites_one_tenant"),)

    def __str__(self) -> str:
        return str(self.identity_name.get(self.default_language, "tenant"))


class Site(models.Model):
    """Something that members enter. Never deleted: taken out of the file, it is `removed_at`."""

    key = models.SlugField(max_length=32, unique=True)
    position = models.PositiveSmallIntegerField(default=0)
    removed_at = models.DateTimeField(null=True, blank=True)

    name = models.JSONField(default=dict)
    host = models.CharField(max_length=253)
    former_hosts = models.JSONField(default=list)
    colour = models.CharField(max_length=7, help_text="#rrggbb")
    tagline = models.JSONField(default=dict)
    description = models.JSONField(default=dict)
    what_you_get = models.JSONField(default=list)
    members_page = models.JSONField(default=dict, help_text='{"title": …, "body": …}')
    sender_name = models.CharField(max_length=100, blank=True)
    sender_address = models.CharField(max_length=254, blank=True)

    member_number_digits = models.PositiveSmallIntegerField(default=8)
    member_number_start = models.PositiveBigIntegerField(default=1)
    rejoin_days = models.PositiveSmallIntegerField(
        default=30, help_text="Rejoining within these days keeps the join date and the number."
    )
    environments = models.JSONField(default=list, help_text="Empty: the tenant's.")
    in_app_note = models.JSONField(default=dict, help_text="Empty: the tenant's.")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("host",),
                condition=Q(removed_at__isnull=True),
                name="sites_host_once",
            ),
        )

    def __str__(self) -> str:
        return self.key


class DocumentVersion(models.Model):
    """A version of the terms of use or the privacy policy, as members agree to it. Never deleted;
    `starts_at` and `asks_members` may change until it applies, what it says never."""

    kind = models.CharField(
        max_length=16, choices=[(kind.value, kind.value) for kind in DocumentKind]
    )
    version = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    asks_members = models.BooleanField(
        default=False, help_text="Members are asked to agree at their next login."
    )
    texts = models.JSONField(default=dict, help_text="Empty: it is at `url`.")
    url = models.CharField(max_length=500, blank=True)
    digest = models.CharField(max_length=64, help_text="SHA-256 of texts and address.")
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("kind", "version"), name="sites_document_version_once"),
            *known("sites_document", kind=DocumentKind),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"
