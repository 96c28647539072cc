//! What is typed about a party, checked before it is sent. Pure.
import type { NewParty } from '@/shared/api/contract';

export interface PartyForm { name: string; phone: string; id_number: string; age: string; address: string; is_organization: boolean; representative: string }
export type PartyWrong = Partial<Record<'name' | 'phone' | 'id_number' | 'age' | 'representative', string>>;
type Words = (key: 'nameMissing' | 'phoneWrong' | 'idWrong' | 'ageWrong' | 'representativeMissing') => string;

export const blankParty = (): PartyForm => ({ name: '', phone: '', id_number: '', age: '', address: '', is_organization: false, representative: '' });

export function checkParty(form: PartyForm, words: Words): PartyWrong {
  const wrong: PartyWrong = {};
  if (form.name.trim() === '') wrong.name = words('nameMissing');
  if (form.phone.trim() !== '' && !/^\+?[\d\s-]{7,20}$/.test(form.phone.trim())) wrong.phone = words('phoneWrong');
  if (form.is_organization) {
    if (form.representative.trim() === '') wrong.representative = words('representativeMissing');
  } else {
    if (form.id_number.trim() !== '' && !/^\d{17}[\dXx]$/.test(form.id_number.trim())) wrong.id_number = words('idWrong');
    const age = Number(form.age);
    if (form.age.trim() !== '' && (!Number.isInteger(age) || age < 0 || age > 130)) wrong.age = words('ageWrong');
  }
  return wrong;
}

/** The wire's shape; what was left empty is left out. */
export function partyOf(form: PartyForm): NewParty {
  const text = (value: string): string | undefined => value.trim() || undefined;
  const party: NewParty = { name: form.name.trim(), phone: text(form.phone), address: text(form.address) };
  if (form.is_organization) return { ...party, is_organization: true, representative: text(form.representative), id_number: text(form.id_number) };
  return { ...party, id_number: text(form.id_number), age: form.age.trim() === '' ? undefined : Number(form.age) };
}
