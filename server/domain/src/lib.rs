//! The rules of mediation, pure: cases, parties, roles, access, agreements, the hash-chained timeline.
