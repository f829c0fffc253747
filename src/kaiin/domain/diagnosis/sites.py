"""No membership at the site, or one at another."""

from kaiin.domain.diagnosis.evidence import Evidence, cures, is_paid_to_the_end, shown_until
from kaiin.domain.diagnosis.findings import Cure, CureCode, Finding, FindingCode, Value


def other_site(evidence: Evidence) -> Finding | None:
    """The member may enter another site."""
    now = evidence.now
    untils = ((other, shown_until(other.windows, now)) for other in evidence.others)
    found = [(other, until) for other, until in untils if until is not None]
    if not found:
        return None
    going = tuple(Cure(CureCode.GO_TO_SITE, other.site_key) for other, _ in found)
    joining = () if evidence.membership else cures(evidence, CureCode.JOIN)
    first, until = found[0]
    facts: dict[str, Value] = {
        "other": first.site_key,
        "until": until,
        "goes_on": "yes" if first.goes_on and is_paid_to_the_end(first.windows, now) else "no",
        "joins": "yes" if joining else "no",
    }
    return Finding(FindingCode.OTHER_SITE, facts, going + joining)


def no_membership(evidence: Evidence) -> Finding:
    """Nothing known at any site."""
    return Finding(FindingCode.NO_MEMBERSHIP, {}, cures(evidence, CureCode.JOIN))
