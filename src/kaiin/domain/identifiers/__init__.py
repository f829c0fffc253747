"""What people type where a login ID belongs: read, mended, and told apart. See docs/identifiers.md.

Pure: the answer comes from the text and the tenant's formats alone, never from stored data, so
that it may be given to anyone.
"""

from kaiin.domain.identifiers.member_ids import (
    DEFAULT_FORMAT,
    LegacyFormat,
    MemberIdFormat,
    generate_member_id,
    is_valid_member_id,
)
from kaiin.domain.identifiers.reading import (
    LOGIN_KINDS,
    Identified,
    TypedKind,
    canonical_email,
    identify,
)

__all__ = [
    "DEFAULT_FORMAT",
    "LOGIN_KINDS",
    "Identified",
    "LegacyFormat",
    "MemberIdFormat",
    "TypedKind",
    "canonical_email",
    "generate_member_id",
    "identify",
    "is_valid_member_id",
]
