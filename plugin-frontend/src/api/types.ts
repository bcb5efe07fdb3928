import type { components } from './types.gen';

type Schemas = components['schemas'];

/** What the HTTP API takes and answers, by the names that pages use; the forms are generated from the backend's code. */
export type SuggestionSummary = Schemas['SuggestionSummary'];
export type SuggestionList = Schemas['SuggestionList'];
export type SuggestionDetail = Schemas['SuggestionDetail'];
export type Signal = Schemas['SignalView'];
export type SourceLines = Schemas['CodeView'];
export type Doc = Schemas['DocView'];
export type Interval = Schemas['IntervalView'];
export type Analysis = Schemas['AnalysisView'];
export type Ledger = Schemas['LedgerView'];
export type LedgerChange = Ledger['changes'][number];
export type Look = Schemas['LookView'];
export type Arm = Schemas['ArmView'];
export type Queue = NonNullable<SuggestionDetail['queue']>;
export type PatchRun = Schemas['PatchRunView'];
export type Replicas = Schemas['ReplicasView'];
export type MoveBody = Schemas['MoveBody'];
export type VariableOption = Schemas['Option'];
export type Policy = Schemas['PolicyView'];
export type Health = Schemas['Health'];
export type Dependency = Schemas['Dependency'];
export type ErrorBody = Schemas['ErrorBody'];
