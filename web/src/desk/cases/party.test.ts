import { describe, expect, it } from 'vitest';
import { blankParty, checkParty, partyOf } from './party';

const words = (key: string): string => key;

describe('a party typed into the form', () => {
  it('needs a name and nothing else', () => {
    expect(checkParty(blankParty(), words)).toEqual({ name: 'nameMissing' });
    expect(checkParty({ ...blankParty(), name: '赵守田' }, words)).toEqual({});
  });
  it('is told which field is wrong', () => {
    const form = { ...blankParty(), name: '赵守田', phone: '12', id_number: '99', age: '六十七' };
    expect(checkParty(form, words)).toEqual({ phone: 'phoneWrong', id_number: 'idWrong', age: 'ageWrong' });
  });
  it('names who speaks for a company', () => {
    const form = { ...blankParty(), name: '云岭宏筑劳务有限公司', is_organization: true };
    expect(checkParty(form, words)).toEqual({ representative: 'representativeMissing' });
  });
  it('sends only what was filled in', () => {
    expect(partyOf({ ...blankParty(), name: ' 赵守田 ', age: '67' })).toEqual({ name: '赵守田', age: 67 });
  });
});
