"""Terms of use and privacy policy say what was published, and members agreed to just that."""

import hashlib
import json
from collections.abc import Iterator

from kaiin.verification.reading import Feed, Reader, as_object
from kaiin.verification.violation import Violation


def check_documents(reader: Reader) -> Iterator[Violation]:
    """Each version's fingerprint is that of what it says."""
    found = reader.stream(
        "SELECT kind, version, texts, url, digest FROM sites_documentversion ORDER BY kind, version"
    )
    for kind, version, texts, url, digest in found:
        content = json.dumps([as_object(texts), url], ensure_ascii=False, sort_keys=True)
        if hashlib.sha256(content.encode()).hexdigest() != digest:
            says = "its text or address is not the one that was published"
            yield Violation("document.text", (f"document:{kind}:{version}",), says)


def check_consents(reader: Reader) -> Iterator[Violation]:
    """Each consent names a version and its fingerprint; the audit trail knows it, and no other."""
    consents = Feed(
        reader.stream(
            "SELECT c.member_id, c.id, c.digest, d.kind, d.version, d.digest"
            " FROM identity_consent c LEFT JOIN sites_documentversion d ON d.id = c.document_id"
            " ORDER BY c.member_id, c.id"
        )
    )
    records = Feed(
        reader.stream(
            "SELECT CAST(substr(subject, 8) AS bigint), details FROM infra_auditrow"
            " WHERE action = 'identity.consent_given' ORDER BY 1, id"
        )
    )
    for (member,) in reader.stream("SELECT id FROM identity_member ORDER BY id"):
        recorded: dict[str, str] = {}
        for _, details in records.take(member):
            recorded |= as_object(details).get("documents", {})
        for _, key, digest, kind, version, published in consents.take(member):
            ids = (f"consent:{key}", f"member:{member}")
            if kind is None:
                yield Violation("consent.unknown_version", ids, "its version was never published")
                continue
            name = f"{kind}-{version}"
            if digest != published:
                says = f"it was given to another text than that of {name}"
                yield Violation("consent.text", ids, says)
            if recorded.pop(name, None) != digest:
                yield Violation("consent.unrecorded", ids, f"no audit row of it, to {name}")
        for name in sorted(recorded):
            yield Violation("consent.gone", (f"member:{member}",), f"that to {name} is gone")
