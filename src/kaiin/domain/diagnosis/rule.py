"""Why a member can or can't enter a site: evidence in, ordered findings with their cures out.

Pure. `diagnosis.operations` gathers the evidence; the door, My page, the members' page and the
mailed report show the findings in words (`findings.ftl`).
"""

from kaiin.domain.diagnosis import payments, running, sites
from kaiin.domain.diagnosis.closed import state_while_closed
from kaiin.domain.diagnosis.evidence import Evidence
from kaiin.domain.diagnosis.findings import Cure, CureCode, Diagnosis, Finding, FindingCode


def diagnose(evidence: Evidence) -> Diagnosis:
    """All findings about a member's access to one site at `evidence.now`.

    Whether they are in; the nearest hope, which is money on its way; what happened or will
    happen to the membership; then other sites.
    """
    if evidence.disabled:
        return Diagnosis((Finding(FindingCode.DISABLED, {}, (Cure(CureCode.CONTACT),)),))
    under_way = payments.pending_slip(evidence) or payments.pending_payment(evidence)
    on_its_way = (under_way,) if under_way else ()
    if entered := running.ok(evidence):
        return Diagnosis((entered, *on_its_way, *running.state_while_open(evidence)))
    elsewhere = sites.other_site(evidence)
    found = (
        *on_its_way,
        *state_while_closed(evidence),
        *((elsewhere,) if elsewhere else ()),
    )
    return Diagnosis(found or (sites.no_membership(evidence),))
