"""What a check found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Violation:
    """`check` is a stable code (docs/verify.md); `ids` name the rows, as `table:id`; `says` is a
    sentence for an engineer."""

    check: str
    ids: tuple[str, ...]
    says: str
