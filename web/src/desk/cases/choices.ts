//! The lists a person chooses from, in the order they are offered (domain.md §4).
import type { CaseState, DisputeKind, Light } from '@/shared/api/contract';

export const KINDS: readonly DisputeKind[] = [
  'family', 'neighbour', 'house_site', 'contract', 'business', 'damage', 'land_forest', 'expropriation', 'environment', 'labour',
  'consumer', 'medical', 'traffic', 'property_mgmt', 'tourism', 'ip', 'internet', 'other',
];
export const STATES: readonly CaseState[] = [
  'registered', 'triaged', 'not_accepted', 'accepted', 'assigned', 'mediating', 'suspended', 'signing', 'effective', 'confirming',
  'performed', 'breached', 'failed', 'closed', 'archived',
];
export const LIGHTS: readonly Light[] = ['red', 'yellow', 'green'];
/** Where a case comes from (domain.md §4, sources). */
export const SOURCES = [
  'party_application', 'committee_initiative', 'grid_report', 'police_transfer', 'court_delegation', 'gov_assignment', 'petition_transfer', 'hotline',
] as const;
