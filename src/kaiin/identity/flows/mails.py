"""The mails of identity's flows: which template, in whose name, with which links.

`key` is the id of the code that a mail is about; only a digest of it leaves the browser's
session, as mails show their keys.
"""

from kaiin.identity import events
from kaiin.identity.digests import digest
from kaiin.identity.flows.verification import LIFETIME
from kaiin.infra import event_log
from kaiin.mail import operations as mail
from kaiin.sites import queries as sites

MINUTES = int(LIFETIME.total_seconds() // 60)


def join(
    *,
    to: str,
    known: bool,
    code: str,
    login_path: str,
    site_key: str,
    language: str,
    key: str,
) -> None:
    """To a new address its code; to a known one that it has an account, and where to log in."""
    site = sites.site(site_key)
    path = login_path if _is_own_path(login_path) else f"/login?site={site_key}"
    context: dict[str, object] = {
        "site": site.name,
        **_signature(),
        "minutes": MINUTES,
        "login_url": sites.identity_url(path),
        "reset_url": sites.identity_url("/reset"),
    }
    if not known:
        context["code"] = code
    mail.queue(
        to=to,
        template="join_known" if known else "join_code",
        language=language,
        context=context,
        sender=site.sender,
        key=f"join:{digest('mail', key)}",
    )


def reset(
    *, to: str, known: bool, code: str, member_id: str, language: str, site_key: str, key: str
) -> None:
    """To an account's address the code; to another that asked, that no account has it."""
    context: dict[str, object] = {**_signature(), "minutes": MINUTES}
    if known:
        context |= {"code": code, "member_id": member_id}
    else:
        context |= {"reset_url": sites.identity_url("/reset"), "address": to}
    mail.queue(
        to=to,
        template="reset_code" if known else "reset_unknown",
        language=language,
        context=context,
        sender=sites.site(site_key).sender if site_key else sites.tenant().sender,
        key=f"reset:{digest('mail', key)}",
    )


def nothing(*, key: str) -> None:
    """In place of a mail without a recipient: the same write, without a consumer."""
    event_log.publish(topic=events.NOTHING_SENT, key=f"reset:{digest('mail', key)}", payload={})


def password_changed(*, to: str, member_id: str, language: str, key: str) -> None:
    """To the account's address, so that a thief's reset doesn't go unnoticed."""
    mail.queue(
        to=to,
        template="password_changed",
        language=language,
        context={
            **_signature(),
            "member_id": member_id,
            "reset_url": sites.identity_url("/reset"),
        },
        sender=sites.tenant().sender,
        key=f"password_changed:{digest('mail', key)}",
    )


def _signature() -> dict[str, object]:
    tenant = sites.tenant()
    return {"identity": tenant.identity_name, "contact": tenant.support.email}


def _is_own_path(path: str) -> bool:
    # "//host" and "/\host" are addresses of other hosts.
    return path.startswith("/") and not path.startswith(("//", "/\\"))
