"""All campaigns, by name."""

from campaigns import completeness, general, mutated_proofs
from campaigns.campaign import Campaign

CAMPAIGNS: dict[str, Campaign] = {
    campaign.name: campaign
    for campaign in (
        completeness.CAMPAIGN,
        general.CAMPAIGN,
        mutated_proofs.TOY_CAMPAIGN,
        mutated_proofs.STANDARD_CAMPAIGN,
    )
}
