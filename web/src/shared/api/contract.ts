//! The wire's types, copied by hand from the agreed contract. `schema.d.ts` (generated from the server's OpenAPI document)
//! describes the HTTP half too, and `contract.check.ts` compiles only while both agree. The live wire's frames are described
//! only here.
// Ids are UUID strings, times RFC 3339 UTC strings. Enums are snake_case strings.
// Errors: RFC 9457 application/problem+json {type, title, status, code, detail?, params?: object}; `code` is stable and the web translates it.
// A change of this file must be told to all owners: keep to it; if you must deviate, prefer adding fields.

export type StaffRole = 'admin'|'director'|'mediator'|'clerk'|'lawyer'|'counsellor'|'grid_worker'|'liaison'|'incident_desk';
export type SeatRole = 'mediator'|'co_mediator'|'clerk'|'applicant'|'respondent'|'third_party'|'agent'|'guardian'|'lawyer'|'counsellor'|'social_worker'|'interpreter'|'helper'|'witness'|'liaison'|'observer'|'room_camera';
export type Side = 'applicant'|'respondent'|'third_party'|'neutral';
export type DisputeKind = 'family'|'neighbour'|'house_site'|'contract'|'business'|'damage'|'land_forest'|'expropriation'|'environment'|'labour'|'consumer'|'medical'|'traffic'|'property_mgmt'|'tourism'|'ip'|'internet'|'other';
export type CaseState = 'registered'|'triaged'|'not_accepted'|'accepted'|'assigned'|'mediating'|'suspended'|'signing'|'effective'|'confirming'|'performed'|'breached'|'failed'|'closed'|'archived';
export type Light = 'green'|'yellow'|'red';

// ---- staff sign-in ---------------------------------------------------------------------------
// POST /api/v1/login {username,password} -> Login (+ HttpOnly SameSite=Strict cookie od_refresh, path /api/v1/login)
// POST /api/v1/login/refresh -> Login (rotates; a reused old token revokes the family)   POST /api/v1/logout   POST /api/v1/logout/everywhere
export interface Login { access_token: string; expires_in: number; staff: Staff }
export interface Staff { id: string; name: string; role: StaffRole; organization: string; username: string }
// GET /api/v1/me -> Staff                     (Authorization: Bearer access_token on everything below that is for staff)
// GET /api/v1/today -> Today
export interface Today { sessions: SessionRow[]; cases_due: CaseRow[] }
export interface SessionRow { id: string; case_id: string; case_number: string|null; title: string; kind: DisputeKind; scheduled_at: string; phase: Phase; parties: string[]; waiting: number; mediator: string }

// ---- cases -----------------------------------------------------------------------------------
// GET /api/v1/cases?state=&kind=&light=&q=  -> {items: CaseRow[]}
export interface CaseRow { id: string; number: string|null; register_no: string; title: string; kind: DisputeKind; state: CaseState; light: Light; due_at: string|null; parties: string[]; handler: string|null; next_step: string; updated_at: string }
// POST /api/v1/cases (Idempotency-Key) NewCase -> 201 Case
export interface NewCase { title: string; kind: DisputeKind; source: string; facts: string; requests: string; place?: string; applicant: NewParty; respondents: NewParty[] }
export interface NewParty { name: string; phone?: string; id_number?: string; address?: string; age?: number; is_organization?: boolean; representative?: string }
// GET /api/v1/cases/{id} -> Case
export interface Case { id: string; number: string|null; register_no: string; title: string; kind: DisputeKind; source: string; state: CaseState; light: Light; due_at: string|null; facts: string; requests: string; place: string; requested_at: string; accepted_at: string|null; organization: string; first_receiver: string; mediator: {id:string; name:string}|null; parties: Party[]; sessions: SessionSummary[]; documents: DocumentRow[]; agreement_id: string|null }
export interface Party { id: string; side: Side; name: string; phone_masked: string|null; id_masked: string|null; age: number|null; address: string|null; is_organization: boolean; representative: string|null; consents: Consent[] }
export type ConsentKind = 'mediation'|'online_procedure'|'e_signature'|'recording';
export interface Consent { kind: ConsentKind; given: boolean; version: string; at: string }
export interface SessionSummary { id: string; scheduled_at: string; phase: Phase; outcome: Outcome|null; room: string }
export interface DocumentRow { id: string; kind: 'agreement'|'minutes'|'receipt'|'evidence'; title: string; mime: string; size: number; sha256: string; created_at: string }
// POST /cases/{id}/parties NewParty & {side}             -> 201 Party
// PUT  /cases/{id}/parties/{party}/consents/{kind} {given} -> Party      (staff records a party's word; refusal of 'mediation' hard-stops R1)
// POST /cases/{id}/accept {}                             -> Case         (refusal codes: consent_missing, wrong_state)
// GET  /cases/{id}/timeline -> {items: TimelineEvent[], head: string, intact: boolean}
export interface TimelineEvent { seq: number; at: string; actor: string; kind: string; summary: string; data: unknown; hash: string; prev: string }
// GET  /documents/{id} -> the bytes (Content-Disposition attachment; staff of the case or a seat of the case)

// ---- sessions on a case ------------------------------------------------------------------------
// POST /cases/{id}/sessions {scheduled_at, room?} (Idempotency-Key) -> 201 Session  (creates one seat per party and one for the mediator)
// GET  /sessions/{id} -> Session
export interface Session { id: string; case_id: string; case_number: string|null; title: string; kind: DisputeKind; scheduled_at: string; room: string; phase: Phase; outcome: Outcome|null; seats: Seat[]; screens: string[][] /* pairs who may never share an area */ }
export interface Seat { id: string; role: SeatRole; side: Side; name: string; party_id: string|null; staff_id: string|null; bound_to: string|null /* whom an interpreter or a helper goes with */; same_device: boolean /* at the device of bound_to, without a link of its own */; mandate: Mandate|null; link: 'none'|'issued'|'bound'|'revoked'|'expired' }
// What an agent, a guardian or a lawyer may do for a party (R28, R29). Signing needs `settle` beside `sign`; a statutory one has all.
export type Power = 'admit'|'waive'|'change'|'settle'|'sign'|'receive_payment';
export interface Mandate { party_id: string; kind: 'general'|'special'|'statutory'; powers: Power[]; until: string|null }
// PUT  /sessions/{id}/seats/{seat}/mandate {party_id?, kind, powers, until?} -> Seat
// POST /sessions/{id}/seats {role, side, name, bound_to?, mandate?} -> 201 Seat     POST /sessions/{id}/screens {a, b} -> 204
// POST /sessions/{id}/seats/{seat}/link {} -> {join_url: string, expires_at: string}     (shown once; replaces and revokes the former one)
// DELETE /sessions/{id}/seats/{seat}/link -> 204
// POST /sessions/{id}/enter {}  (staff with a seat) -> Entry
export interface Entry { session_id: string; case_id: string; seat_id: string; access_token: string; expires_in: number; media_url: string; media_token: string }
// access_token of an Entry: audience "seat"; for the live wire and the seat's HTTP calls. media_token: LiveKit JWT, identity = seat_id, room = session_id.

// ---- resident's door -----------------------------------------------------------------------------
// GET  /api/v1/join/{token} -> Door | problem link_unknown(404) link_expired(410) link_revoked(410) link_bound_elsewhere(409)
export interface Door { session_id: string; seat: {id: string; role: SeatRole; side: Side; name: string}; title: string; kind: DisputeKind; case_number: string|null; scheduled_at: string; organization: string; room: string; mediator: {name: string; title: string}; others: {name: string; role: SeatRole}[]; bound: boolean /* to this device */; elsewhere: boolean /* another window of this browser has the seat now */; phase: Phase; consents: Record<ConsentKind, boolean|null>; notice_version: string; demo: boolean }
// POST /api/v1/join/{token} JoinRequest -> Entry (+ HttpOnly cookie od_device binding the link to this browser; repeatable from this device: that is how a reload comes back)
export interface JoinRequest { consents: {online_procedure: boolean; e_signature: boolean; recording: boolean}; notice_version: string; others_in_room: string }
// POST /api/v1/join/{token}/refuse {reason?: string} -> 204   (I do not agree to mediation: R1/R2)
// POST /api/v1/join/{token}/reschedule {message: string} -> 204

// ---- minutes (seat token; staff write, parties confirm) -------------------------------------------
// GET /sessions/{id}/minutes -> {items: MinutesEntry[]}
export type EntryKind = 'statement'|'concession'|'undisputed_fact'|'procedure';
export interface MinutesEntry { id: string; seq: number; at: string; kind: EntryKind; speaker: string; text: string; corrects: string|null; confirmations: {seat_id: string; ok: boolean; remark: string|null; at: string}[] }
// POST /sessions/{id}/minutes {kind, speaker, text, corrects?} (Idempotency-Key) -> 201 MinutesEntry
// POST /sessions/{id}/minutes/{entry}/confirm {ok, remark?} -> MinutesEntry

// ---- agreement of the session's case (seat token) ----------------------------------------------------
export type Stance = 'agree'|'object'|'think';
export interface Agreement { id: string; case_id: string; session_id: string; state: 'drafting'|'signing'|'sealing'|'effective'|'void'; version: number; number: string|null; text_sha256: string|null; pages: number; clauses: Clause[]; required: Signatory[]; esign: 'allowed'|'paper_only' /* R18 */; code_needed: boolean; document_id: string|null; effective_at: string|null; reopened_reason: string|null }
export interface Clause { id: string; position: number; text: string; version: number; previous_text: string|null; stances: {party_id: string; name: string; side: Side; stance: Stance|null; stale: boolean}[]; warnings: string[] /* codes: no_date no_amount no_payer vague ... */ }
export interface Signatory { seat_id: string|null; party_id: string|null; name: string; role: SeatRole; signed_at: string|null; signed_by: string|null /* who signed for the party, if it was not the party */ }
// GET  /sessions/{id}/agreement -> Agreement        (created empty on first read by the mediator)
// POST /sessions/{id}/agreement/clauses {text, position?} (Idempotency-Key) -> Agreement
// PUT  /sessions/{id}/agreement/clauses/{clause} {text, version} -> Agreement   (409 clause_changed; an edit resets that clause's stances only)
// DELETE /sessions/{id}/agreement/clauses/{clause}?version= -> Agreement
// PUT  /sessions/{id}/agreement/clauses/{clause}/stance {stance, version} -> Agreement  (parties only; 409 clause_changed when version is old)
// POST /sessions/{id}/agreement/freeze {version} -> Agreement    (mediator; all parties agree to all clauses, else not_all_agreed)
// POST /sessions/{id}/agreement/reopen {reason} -> Agreement     (mediator; voids every signature; number marked void)
// GET  /sessions/{id}/agreement/pages/{n} -> image/png (1-based, the frozen text)      GET /sessions/{id}/agreement/text -> {paragraphs: string[], text_sha256}
// POST /sessions/{id}/agreement/code {} -> {sent_to: string /*masked*/, expires_in: number, demo_code: string|null /* demo mode only: shown as an SMS on screen */}
// POST /sessions/{id}/agreement/sign {text_sha256, strokes: Stroke[], code} -> Agreement  (codes: text_changed, code_wrong, already_signed, esign_barred, not_signatory)
export interface Stroke { points: {x: number; y: number; t: number}[] } // CSS px in a box of width×height below
// sign body also has width:number, height:number.  Last signature → state 'sealing' → job seals → 'effective' with document_id, pushed on the live wire.

// ---- live wire: WS /api/v1/sessions/{id}/live (JSON text frames) --------------------------------------
export type Phase = 'scheduled'|'lobby'|'live'|'paused'|'ended'|'cancelled';
export type Outcome = 'agreed'|'adjourned'|'failed'|'stopped'|'no_show';
// client → server
export type ClientFrame =
  | { type: 'hello'; token: string; last_seq?: number; tab?: string /* names this window */; takeover?: boolean }        // first frame, within 5 s; token = Entry.access_token
  | { type: 'command'; id: number; command: Command }
  | { type: 'point'; at: Place|null }                           // at the page before me; not answered; at most 20 a second
  | { type: 'ping' };
export type Command =
  | { type: 'start' } | { type: 'pause' } | { type: 'resume' } | { type: 'end'; outcome: Outcome }
  | { type: 'admit'; seat: string } | { type: 'send_back'; seat: string }
  | { type: 'open_caucus'; seats: string[] }                     // host goes in with them
  | { type: 'close_caucus'; area: string }                       // everyone of it returns to joint
  | { type: 'move'; seat: string; area: string }                 // area id: 'lobby' | 'joint' | 'caucus-1' | 'consult-1'
  | { type: 'mute'; seat: string }                               // never unmute; asks only
  | { type: 'hand'; up: boolean } | { type: 'leave' }
  | { type: 'stop' }                                             // a party ends the mediation, no reason needed (R2)
  | { type: 'distress' } | { type: 'distress_seen'; seat: string }
  | { type: 'record'; on: boolean }                              // host asks everybody's leave, or ends the recording
  | { type: 'consent_recording'; yes: boolean }                  // anyone, at any time; counts at once
  | { type: 'note'; text: string }                               // a line of text from the lobby to the mediator
  // speech order
  | { type: 'give_floor'; seat: string; seconds?: number; quiet?: boolean } | { type: 'end_floor' }
  | { type: 'lock'; seat: string; on: boolean } | { type: 'ask_to_speak'; seat: string } | { type: 'answer_ask' }
  // coming and going
  | { type: 'invite'; seats: string[] } | { type: 'answer_invitation'; accept: boolean } | { type: 'knock'; up: boolean }
  | { type: 'lock_area'; area: string; on: boolean } | { type: 'announce'; text: string } | { type: 'screen'; a: string; b: string }
  | { type: 'adjourn'; next_at?: string } | { type: 'no_show' } | { type: 'give_chair'; seat: string } | { type: 'allow_joint'; reason: string }
  // before the start
  | { type: 'ready'; readiness: Readiness } | { type: 'identify'; seat: string; method: IdentityMethod; matches: boolean; id_tail?: string }
  | { type: 'greet'; seat: string|null /* before the start: whom I meet at the door */ } | { type: 'answer_device'; seat: string; code: string; yes: boolean } | { type: 'ask_document'; seat: string } | { type: 'present_document'; paper: string|null /* none: held to the camera */ }
  | { type: 'tick_off'; item: OpeningItem } | { type: 'declare_conflict'; disclosed?: string } | { type: 'ask_for_another'; reason?: string }
  // guests and experts
  | { type: 'propose_guest'; seat: string } | { type: 'answer_guest'; seat: string; yes: boolean }
  | { type: 'ring'; expert: Expert; department?: string; question?: string } | { type: 'call_off'; call: number } | { type: 'prolong'; seat: string }
  // the release gate, offers, lines, help
  | { type: 'confide'; seat: string; text: string } | { type: 'release'; confidence: number; text: string; go: boolean }
  | { type: 'convey'; confidence: number; seats: string[] }
  | { type: 'put_offer'; kind: OfferKind; text: string; seats: string[] } | { type: 'answer_offer'; offer: number; answer: number }
  // papers: lodged by POST /sessions/{id}/papers (multipart: scope, file), pages at GET /papers/{id}/pages/{n}
  | { type: 'widen_paper'; paper: string; scope: PaperScope } | { type: 'show_paper'; paper: string; page?: number }
  | { type: 'turn_page'; page: number } | { type: 'clear_table' } | { type: 'mark_paper'; paper: string; mark: PaperMark; text?: string }
  | { type: 'withdraw_offer'; offer: number } | { type: 'say'; text: string } | { type: 'caption'; of: string; text: string } | { type: 'close_distress'; seat: string; action: string }
  // safety (R32): asked in private, answered to the mediators alone
  | { type: 'answer_safety'; afraid: boolean } | { type: 'report_safety'; seat: string; action: string };
export type OpeningItem = 'rights_told'|'sham_warned'|'address_confirmed';
export type IdentityMethod = 'document_on_camera'|'sms_code'|'known_in_person'|'seen_on_site';
export type Expert = 'lawyer'|'counsellor'|'social_worker'|'liaison'|'interpreter';
export type OfferKind = 'bids'|'proposal';                       // answers: fen, or 1 yes and 0 no
export interface Readiness { camera: boolean|null; microphone: boolean|null; sound: boolean|null; network: string|null; language: string|null; company: string[] }
// server → client
export type ServerFrame =
  | { type: 'snapshot'; seq: number; now: string; view: View; agreement: Agreement|null; minutes: MinutesEntry[]; lines: Line[] }  // after hello (also after resume)
  | { type: 'view'; seq: number; now: string; view: View }        // the whole view again after every change (small)
  | { type: 'agreement'; agreement: Agreement }
  | { type: 'line'; line: Line }                                  // written at the table; only to those it reached
  | { type: 'point'; seat: string; name: string; paper: string; page: number; at: Place|null }  // somebody points at the page before me
  | { type: 'minutes'; entry: MinutesEntry }                      // only to seats that may see minutes
  | { type: 'done'; id: number; seq: number } | { type: 'refused'; id: number; code: string; params?: object }
  | { type: 'pong'; now: string }
  | { type: 'bye'; code: string };                                // e.g. moved_to_other_device, in_use_elsewhere (ask, then hello with takeover), link_revoked, session_ended, server_restarting
// What one seat may know. A party's view holds ONLY the seats of its own area; in lobby only itself.
export interface View {
  session_id: string; phase: Phase; outcome: Outcome|null; scheduled_at: string; started_at: string|null; ended_at: string|null;
  me: SeatView; area: AreaView;                    // where I am
  hears_me: string[];                              // names of who can hear me now (by the visibility that the forwarding table enforces)
  private: boolean;                                // my area is a caucus or consult
  waiting_since: string|null;                      // I wait (lobby, or host is away in private)
  host: { name: string; here: boolean; online: boolean };
  recording: RecordingView;                        // whether I am being recorded, and why not (R12)
  mine: Mine;                                      // what is asked of me and what I was told
  papers: PaperView[];                             // those I may see
  shown: ShownView|null;                           // the page that lies before me
  corridor: Corridor|null;                         // hosts only: every area with every seat
}
export interface SeatView { id: string; role: SeatRole; side: Side; name: string; party_id: string|null; device_of: string|null /* at whose device, if not the own */; online: boolean; hand: boolean; area: string; since: string; distress: boolean; note: string|null; hand_since: string|null; locked: boolean; private: SeatPrivate|null; recording: boolean|null /* the word on being recorded: hosts and oneself only */ }
export interface RecordingView { state: 'off'|'asking'|'on'|'paused'; why: 'consent'|'unattended'|'break'|'disk'|'elsewhere'|null; since: string|null; question: boolean /* I am asked and have not answered */; trouble: 'disk_low'|'disk_full'|'failed'|null /* hosts only */ }
export interface AreaView { id: string; kind: 'lobby'|'joint'|'caucus'|'consult'; seats: SeatView[]; since: string; floor: Floor|null; locked: boolean }
export interface Floor { seat: string; since: string; until: string|null; quiet: boolean }
// Hosts and the seat itself; identity, bound_to and afraid hosts only.
export interface SeatPrivate { knock_since: string|null; talk_ms: number; readiness: Readiness|null; identity: IdentityCheck|null; device_asks: string|null /* the number on the other device's screen */; document_asked: boolean; document: string|null /* the paper that shows it */; identified: boolean; wants_another: boolean; invited: boolean; bound_to: string|null; until: string|null; mandate: Mandate|null; minor: boolean /* a guardian acts */; afraid: boolean|null; guest: boolean; put_to_parties: boolean; desk_answered: string|null; agreed: [number, number] /* yes, no */ }
export interface IdentityCheck { method: IdentityMethod; matches: boolean; id_tail: string|null; document?: string; by: string; at: string }
export interface Mine { silenced: boolean; asked_to_speak: boolean; greeted: boolean; device_asks: string|null; document_asked: boolean; invited: boolean; knocking: boolean; safety_question: boolean; guests: {seat: string; role: SeatRole; name: string}[]; confidences: Confidence[]; offers: Offer[]; announcement: {text: string; at: string}|null; conflict: ConflictStatement|null; wants_another: boolean; next_at: string|null; until: string|null; represented_by: {seat: string; role: SeatRole; name: string; mandate: Mandate}[] }
export interface Confidence { id: number; of: string|null; text: string; seal: 'sealed'|'released'|'conveyed'; at: string }
export interface Offer { id: number; kind: OfferKind; text: string; mine: number|null; asked: boolean; answered: number|null; withdrawn: boolean; bids: {side: Side; fen: number}[]|null; accepted: boolean|null }
export type PaperScope = 'mediator'|'side'|'all';                // each holds the one before it; only the owner widens
export type PaperMark = 'seen'|'disputed'|'original_shown';
export type PaperKind = 'image/jpeg'|'image/png'|'image/webp'|'application/pdf';
/** Ten-thousandths of a page's width and height. */
export interface Place { x: number; y: number }
export interface PaperView { id: string; title: string; kind: PaperKind; pages: number; size: number; sha256: string; mine: boolean; owner: string|null; side: Side; scope: PaperScope; marks: {mark: PaperMark; mine: boolean; name: string; side: Side; text: string|null; at: string}[]; at: string }
export interface ShownView { paper: string; page: number; name: string; mine: boolean; since: string }
export interface CasePaper { id: string; session_id: string; owner: string; side: Side; scope: PaperScope; title: string; kind: PaperKind; size: number; sha256: string; pages: number; at: string }
export interface ConflictStatement { disclosed: string|null; at: string }
/** `of`: whose voice it writes down, if it is a caption. */
export interface Line { seq: number; from: string; name: string; text: string; of: string|null; at: string }
export interface Corridor { areas: AreaView[]; opening: OpeningView; calls: Call[]; screens: [string, string][]; kept_apart: boolean; safety_reports: SafetyReport[]; chair: string|null; greeted: string|null }
export interface SafetyReport { seat: string; action: string; by: string; at: string }
export interface OpeningView { required: boolean; done: OpeningItem[]; conflict: ConflictStatement|null; unchecked: string[]; complete: boolean }
export interface Call { id: number; expert: Expert; area: string; department: string; question: string; at: string; answered_by: string|null; ringing: string|null /* whose desk */; unanswered: boolean; over: boolean }
// ---- web routes: resident /j/{token} (all screens under it); desk /desk, /desk/login, /desk/cases, /desk/cases/{id}, /desk/sessions/{id} (sitting). Server serves resident.html and desk.html for them.
// ---- media: livekit-client connects to Entry.media_url with Entry.media_token; tracks of visible seats only. identity = seat id.
