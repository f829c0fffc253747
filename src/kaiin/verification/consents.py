"""Terms of use and privacy policy say what was published."""

import hashlib
import json
from collections.abc import Iterator

from kaiin.verification.reading import Reader, as_object
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
