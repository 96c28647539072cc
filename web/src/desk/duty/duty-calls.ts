//! What the desk asks about experts on call and calls for help.
import type { components } from '@/shared/api/schema';
import { unwrap } from '@/shared/api/http';
import { api } from '../calls';

type S = components['schemas'];
export type ExpertCall = S['ExpertCall'];
export type CallSummary = S['CallSummary'];
export type OwnNote = S['OwnNote'];
export type ExpertNote = S['ExpertNote'];
export type Roster = S['Roster'];
export type Duty = S['Duty'];
export type NewDuty = S['NewDuty'];
export type OnDuty = S['OnDutyRow'];
export type Duress = S['Duress'];
export type Act = S['Act'];
export type Residency = S['Residency'];

const call = (id: string) => ({ params: { path: { call: id } } });
export const summary = (id: string) => unwrap<CallSummary>(api.GET('/api/v1/calls/{call}/summary', call(id)));
export const answer = (id: string) => unwrap<S['Answered']>(api.POST('/api/v1/calls/{call}/answer', call(id)));
export const decline = (id: string, conflict: boolean) => unwrap<void>(api.POST('/api/v1/calls/{call}/decline', { body: { conflict }, ...call(id) }));
export const note = (id: string) => unwrap<OwnNote>(api.GET('/api/v1/calls/{call}/note', call(id)));
export const keepNote = (id: string, text: string) => unwrap<OwnNote>(api.PUT('/api/v1/calls/{call}/note', { body: { text }, ...call(id) }));
export const notesOf = async (id: string) => (await unwrap<{ items: ExpertNote[] }>(api.GET('/api/v1/cases/{id}/expert-notes', { params: { path: { id } } }))).items;

export const onDuty = async (session: string) => (await unwrap<{ items: OnDuty[] }>(api.GET('/api/v1/sessions/{id}/duty', { params: { path: { id: session } } }))).items;
export const roster = () => unwrap<Roster>(api.GET('/api/v1/duty', {}));
export const addDuty = (body: NewDuty) => unwrap<Duty>(api.POST('/api/v1/duty', { body }));
export const changeDuty = (duty: string, body: NewDuty) => unwrap<Duty>(api.PUT('/api/v1/duty/{duty}', { body, params: { path: { duty } } }));
export const removeDuty = (duty: string) => unwrap<void>(api.DELETE('/api/v1/duty/{duty}', { params: { path: { duty } } }));

export const logAct = (duress: string, act: Act, words: string) => unwrap<Duress>(api.POST('/api/v1/duress/{duress}/acts', { body: { act, words }, params: { path: { duress } } }));
