//! Every “no” the server can say has words, in both languages (`texts.test.ts` proves the second), on the page that can meet
//! it. The codes are read from the Rust sources, so that a new one without words fails here.
import { describe, expect, it } from 'vitest';
import desk from '@/desk/i18n/zh-CN.json';
import resident from '@/resident/i18n/zh-CN/refusals.json';
import shared from './messages/zh-CN/shared.json';
import { serverCodes } from './rust-codes';

/** Codes that only a call of the desk's is answered with, or a command of a host's: a resident's page has no words for them. */
const ONLY_AT_THE_DESK = new Set(`
  login_failed login_required login_revoked no_seat
  title_invalid name_invalid phone_invalid id_number_invalid age_invalid side_invalid party_unknown respondent_missing
  mediator_unknown mediator_missing conflict_undeclared mediation_refused consent_missing wrong_state reason_missing
  checklist_open not_approved text_not_ready writing_required not_jointly confirmation_too_late closing_open index_incomplete
  own_case_not_rated time_invalid role_invalid table_full staff_unknown seat_taken seat_of_staff
  glyph_missing too_many_clauses no_clauses signature_missing
  not_in_private_with too_many_notes sealed next_date say_no_show too_early all_came not_a_host chair_only bound_seat area_locked not_admitted floor_time host_is_never_locked silenced not_a_guest unknown_call call_taken call_over not_called both_sides_needed offer_open offer_complete opening_incomplete id_tail
  already_started host_away host_stays nobody_named not_private opposed_sides screened not_a_pair bound_seat_invalid
  conflict_of_interest duress_closed expert_unfit department_missing act_not_yours hours_invalid camera_only_shows
  guardian_missing mandate_invalid mandate_expired too_many_agents
  recording_running recording_gone recording_held recording_not_held composite_not_ready
`.trim().split(/\s+/));

const codes = serverCodes();
const lacking = (words: object[], asked: Iterable<string>) => [...asked].filter((code) => !words.some((tree) => code in tree)).map((code) => `${code} (${codes.get(code) ?? 'not in the sources'})`);

describe('a refusal', () => {
  it('is found in the sources in every way it is written there', () => {
    const ways = ['clause_changed', 'login_failed', 'conflict_undeclared', 'title_invalid', 'disk_full', 'not_json', 'too_slow', 'hello_late', 'link_revoked', 'unauthenticated', 'host_only', 'screened'];
    expect(ways.filter((code) => !codes.has(code))).toEqual([]);
    expect(codes.size).toBeGreaterThan(100);
  });

  it('has words at the desk', () => expect(lacking([desk.refusal, shared.problem], codes.keys())).toEqual([]));

  it('has words on the resident’s page, unless only the desk can meet it', () => {
    expect(lacking([resident.refusal, shared.problem], [...codes.keys()].filter((code) => !ONLY_AT_THE_DESK.has(code)))).toEqual([]);
    expect([...ONLY_AT_THE_DESK].filter((code) => !codes.has(code)), 'gone from the server').toEqual([]);
    expect(Object.keys(resident.refusal).filter((code) => !codes.has(code)), 'gone from the server').toEqual([]);
  });

  it('says why and what to do: two sentences, or one with a turn', () => {
    for (const [code, words] of Object.entries({ ...shared.problem, ...resident.refusal, ...desk.refusal })) {
      expect(words.match(/[，。；：、]/g)?.length ?? 0, `${code}: ${words}`).toBeGreaterThan(code.startsWith('choose_') ? 0 : 1);
    }
  });
});
