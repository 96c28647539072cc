//! Compiles only while the contract written by hand (contract.ts) and the server's generated document (schema.d.ts) say the
//! same about what the server answers. `npm run schema` brings the generated half up to date.
import type * as Contract from './contract';
import type { components } from './schema';

type Schemas = components['schemas'];

/** The generator writes `Option<T>` as an optional member; on the wire it is always there, as null. */
type Present<T> = T extends readonly (infer Item)[] ? Present<Item>[] : T extends object ? { [K in keyof T]-?: Present<Exclude<T[K], undefined>> } : T;
type Says<Server, Hand> = [Present<Server>] extends [Hand] ? true : { server: Present<Server>; hand: Hand };
type All<Checks extends Record<string, true>> = Checks;

export type Checked = All<{
  Login: Says<Schemas['Login'], Contract.Login>;
  Staff: Says<Schemas['Staff'], Contract.Staff>;
  Today: Says<Schemas['Today'], Contract.Today>;
  SessionRow: Says<Schemas['SessionRow'], Contract.SessionRow>;
  CaseRow: Says<Schemas['CaseRow'], Contract.CaseRow>;
  Case: Says<Schemas['Case'], Contract.Case>;
  Party: Says<Schemas['Party'], Contract.Party>;
  Session: Says<Schemas['Session'], Contract.Session>;
  Seat: Says<Schemas['Seat'], Contract.Seat>;
  Door: Says<Omit<Schemas['Door'], 'consents'>, Omit<Contract.Door, 'consents'>>;
  Entry: Says<Schemas['Entry'], Contract.Entry>;
  MinutesEntry: Says<Schemas['MinutesEntry'], Contract.MinutesEntry>;
  Agreement: Says<Schemas['Agreement'], Contract.Agreement>;
  Clause: Says<Schemas['Clause'], Contract.Clause>;
  Signatory: Says<Schemas['Signatory'], Contract.Signatory>;
  DocumentRow: Says<Schemas['DocumentRow'], Contract.DocumentRow>;
  CasePaper: Says<Schemas['CasePaper'], Contract.CasePaper>;
  TimelineEvent: Says<Omit<Schemas['TimelineEvent'], 'data'>, Omit<Contract.TimelineEvent, 'data'>>;
}>;
