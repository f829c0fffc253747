"""Members, what they log in with, browsers' sessions and the codes that prove a mailbox.

Secrets are here as digests only: passwords by Argon2id, random tokens and codes by a keyed
hash (a slow one adds nothing to 256 random bits, and codes live ten minutes and five tries).
"""

from functools import cached_property

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q

from kaiin.domain.identifiers.reading import TypedKind
from kaiin.domain.staff_rights import StaffRight
from kaiin.identity.choices import ConsentPage
from kaiin.infra.constraints import AppendOnlyManager, in_order, known


class MemberState(models.TextChoices):
    ACTIVE = "active"
    DISABLED = "disabled"


class IdentifierKind(models.TextChoices):
    MEMBER_ID = "member_id"
    EMAIL = "email"


class CodePurpose(models.TextChoices):
    JOIN = "join"
    RESET = "reset"


class AttemptOutcome(models.TextChoices):
    """How an attempt ended. The person who tried sees only what they have proven."""

    PASSED = "passed"
    WRONG = "wrong"
    UNKNOWN = "unknown"
    LOCKED = "locked"
    DISABLED = "disabled"


class Member(AbstractBaseUser):
    """A person's account in the shared identity.

    The legal name is stored exactly as typed: normalising damages names.
    """

    member_id = models.CharField(max_length=32, unique=True)
    nickname = models.CharField(max_length=120, blank=True)
    legal_name = models.CharField(max_length=100, blank=True)
    legal_name_kana = models.CharField(max_length=100, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    prefecture = models.CharField(max_length=8, blank=True, help_text="JP-01 … JP-47, or abroad.")
    phone = models.CharField(max_length=16, blank=True, help_text="E.164")
    language = models.CharField(max_length=8)
    state = models.CharField(max_length=16, choices=MemberState.choices, default=MemberState.ACTIVE)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    # Counted up whenever every session must end; a session of an older epoch is void.
    session_epoch = models.PositiveIntegerField(default=0)
    # Key of the `HashCost` of an imported password hash; "" where ours made it.
    hash_costs = models.CharField(max_length=40, blank=True, default="")

    USERNAME_FIELD = "member_id"
    objects = BaseUserManager["Member"]()

    class Meta:
        constraints = (*known("identity_member", state=MemberState),)
        indexes = (
            models.Index(
                fields=("hash_costs",),
                name="identity_imported_hash",
                condition=models.Q(hash_costs__gt=""),
            ),
        )

    def __str__(self) -> str:
        return self.member_id

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """What Django asks before it opens the back office."""
        return self.state == MemberState.ACTIVE

    def has_perm(self, right: str, _row: object = None) -> bool:
        """Whether this is staff with that StaffRight. Django's own permissions are never given."""
        return self.is_active and self.is_staff and right in self._rights

    def has_module_perms(self, _app_label: str) -> bool:
        """Whether Django should show a part of the back office by itself: each table is asked."""
        return False

    @cached_property
    def _rights(self) -> frozenset[str]:
        return frozenset(GivenRight.objects.filter(member=self).values_list("name", flat=True))


class GivenRight(models.Model):
    """A right that an account of staff has. No account has rights by being what it is."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(
        max_length=16, choices=[(right.value, right.value) for right in StaffRight]
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("member", "name"), name="identity_right_once"),
            *known("identity_right", name=StaffRight),
        )

    def __str__(self) -> str:
        return self.name


class IssuedMemberId(models.Model):
    """Every member ID ever given. Outlives its member, so that none is given twice."""

    value = models.CharField(max_length=32, primary_key=True)
    issued_at = models.DateTimeField()


class LoginIdentifier(models.Model):
    """One thing a member may log in with: the member ID, the mail address, former addresses.

    Unique over all kinds, and only addresses contain an `@`: none can shadow another's ID.
    """

    kind = models.CharField(max_length=16, choices=IdentifierKind.choices)
    value = models.CharField(max_length=254, unique=True, help_text="Canonical form.")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="identifiers")
    verified_at = models.DateTimeField()
    former_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=(
                    Q(kind=IdentifierKind.EMAIL, value__contains="@")
                    | (Q(kind=IdentifierKind.MEMBER_ID) & ~Q(value__contains="@"))
                ),
                name="identity_identifier_shape",
            ),
            models.UniqueConstraint(
                fields=("member", "kind"),
                condition=Q(former_at__isnull=True),
                name="identity_one_present_identifier",
            ),
            *known("identity_identifier", kind=IdentifierKind),
        )

    def __str__(self) -> str:
        return f"{self.kind} of member {self.member_id}"


class LoginAttempt(models.Model):
    """One try to log in, to explain it later. Never what was typed: its digest."""

    at = models.DateTimeField()
    outcome = models.CharField(max_length=16, choices=AttemptOutcome.choices)
    kind = models.CharField(
        max_length=32,
        choices=[(kind.value, kind.value) for kind in TypedKind],
        help_text="What the typed text was taken for.",
    )
    value_digest = models.CharField(max_length=64)
    forgiven = models.JSONField(default=list)
    hints = models.JSONField(default=list)
    password_shape = models.JSONField(default=list, help_text="Coarse: full width, spaces, long.")
    member = models.ForeignKey(Member, null=True, on_delete=models.CASCADE, related_name="+")
    site_key = models.CharField(max_length=32, blank=True)
    known_device = models.BooleanField(default=False)
    user_agent = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (*known("identity_attempt", outcome=AttemptOutcome, kind=TypedKind),)
        indexes = (
            models.Index(fields=("member", "-at"), name="identity_attempt_member"),
            models.Index(fields=("at",), name="identity_attempt_at"),
        )

    def __str__(self) -> str:
        return f"{self.outcome} at {self.at:%Y-%m-%d %H:%M}"


class Session(AbstractBaseSession):
    """A browser's session; a member's from the login on, in a row of its own.

    Sites' sessions hang on the one that they were handed over from. A visitor's session has no
    member and keeps what was chosen so far; `expire_date` is the absolute limit of either.
    """

    session_key = models.CharField(
        max_length=64, unique=True, help_text="The digest of the key that the browser keeps."
    )
    member = models.ForeignKey(Member, null=True, on_delete=models.CASCADE, related_name="+")
    root = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="+")
    attempt = models.ForeignKey(
        LoginAttempt, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    site_key = models.CharField(max_length=32, blank=True, help_text="Empty: the identity host.")
    epoch = models.PositiveIntegerField(default=0, help_text="The member's session_epoch at login.")
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        from kaiin.identity.session_store import SessionStore  # noqa: PLC0415 - it imports this

        return SessionStore

    def __str__(self) -> str:
        return f"session {self.pk} of member {self.member_id}"


class OneTimeCode(models.Model):
    """A mailed code, or the decoy in place of one where none may be sent.

    `id` is random and stays in the browser's session that asked: it binds the code to it.
    """

    id = models.CharField(max_length=43, primary_key=True)
    purpose = models.CharField(max_length=16, choices=CodePurpose.choices)
    digest = models.CharField(max_length=64)
    bound_to = models.CharField(max_length=254, help_text="The address to prove; reset: empty.")
    member = models.ForeignKey(Member, null=True, on_delete=models.CASCADE, related_name="+")
    site_key = models.CharField(max_length=32, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            *known("identity_code", purpose=CodePurpose),
            in_order("identity_code", "created_at", "expires_at"),
        )
        indexes = (models.Index(fields=("expires_at",), name="identity_code_expiry"),)

    def __str__(self) -> str:
        return f"{self.purpose} code"


class Consent(models.Model):
    """That a member agreed to a version of a document. Only added to: see migration 0002."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="consents")
    document = models.ForeignKey(
        "sites.DocumentVersion", on_delete=models.PROTECT, related_name="+"
    )
    digest = models.CharField(max_length=64, help_text="The fingerprint of what it said.")
    agreed_at = models.DateTimeField()
    page = models.CharField(max_length=16, choices=ConsentPage.choices)
    site_key = models.CharField(
        max_length=32, blank=True, help_text="Whose membership was confirmed."
    )
    language = models.CharField(max_length=8)

    objects = AppendOnlyManager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("member", "document"), name="identity_consent_once"),
            *known("identity_consent", page=ConsentPage),
        )

    def __str__(self) -> str:
        return f"consent of member {self.member_id}"


class HashCost(models.Model):
    """Costs of password hashes that were imported and are not today's: each try pays them too."""

    costs = models.CharField(max_length=40, primary_key=True, help_text="m=…,t=…,p=…")
    memory = models.PositiveIntegerField()
    passes = models.PositiveIntegerField()
    lanes = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.costs


class Handover(models.Model):
    """A one-time code that carries a login from the identity host to a site's host."""

    digest = models.CharField(max_length=64, primary_key=True)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="+")
    site_key = models.CharField(max_length=32)
    state_digest = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=("expires_at",), name="identity_handover_expiry"),)

    def __str__(self) -> str:
        return f"handover to {self.site_key}"
