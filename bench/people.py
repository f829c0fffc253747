"""Members who have joined, made by the operations that pages call; runs beside the environment
of a club, as a process of its own:

    python -m bench.people 200      # prints how they log in, and a site's session of the first
"""

import json
import sys

from kaiin.cli.loading import load_django

PASSWORD = "a-password-of-the-bench"  # noqa: S105
SITE = "official"


def join(count: int) -> list[int]:
    """So many members, each paid by card for the month that has just begun; their keys."""
    from bench.instant import InstantProvider  # noqa: PLC0415
    from kaiin.identity import operations as identity  # noqa: PLC0415
    from kaiin.lab import life  # noqa: PLC0415
    from kaiin.payments.providers import registry  # noqa: PLC0415

    registry.use("sandbox", InstantProvider())  # type: ignore[arg-type]
    password_hash = identity.hash_password(PASSWORD)
    members = []
    for number in range(count):
        pk = life.register(
            f"member{number}@mail.example",
            actor="system:bench",
            details={"nickname": f"会員{number}", "legal_name": "山田 花子"},
            password_hash=password_hash,
        )
        life.join(pk, site=SITE)
        members.append(pk)
    return members


def cookies(member_pk: int) -> tuple[str, str]:
    """The cookies of a browser that is signed in: of the identity host, and of the site's."""
    from django.conf import settings  # noqa: PLC0415

    from kaiin.identity.flows.handover import issue_handover, redeem_handover, state_digest  # noqa: PLC0415
    from kaiin.identity.flows.sessions import start_session  # noqa: PLC0415

    root = start_session(member_pk=member_pk, user_agent="bench")
    state = state_digest("state")
    code = issue_handover(sid=root, site_key=SITE, state_digest=state)
    sid = redeem_handover(code=code, site_key=SITE, state="state")
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={root}", f"{name}={sid}"


def main() -> None:
    load_django()
    from kaiin.identity import queries  # noqa: PLC0415

    members = join(int(sys.argv[1]))
    logins = [view.member_id for view in queries.members(members)]
    print(json.dumps({"logins": logins, "cookie": cookies(members[0])[1]}))


if __name__ == "__main__":
    main()
