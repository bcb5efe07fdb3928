import { Alert, Badge, LoadingPlaceholder } from '@grafana/ui';
import { type ReactNode, useCallback } from 'react';
import type { Api } from '../api/api';
import type { Policy } from '../api/types';
import { moment, plain } from './format';
import { Facts, Section } from './Section';
import { useLoad } from './useLoad';

const EVERY_SECONDS = 60;
const ANYTHING = '*';

/** What may be changed now, how much of it, by whom, and how far rules go by themselves. */
export function PolicyCard({ api }: { api: Api }) {
  const load = useCallback(() => api.get<Policy>('/policy'), [api]);
  const { data, error, loading } = useLoad(load, EVERY_SECONDS);
  if (loading) {
    return <LoadingPlaceholder text="Reading the policy" />;
  }
  if (error || !data) {
    return <Alert title="The policy could not be read">{error}</Alert>;
  }
  return (
    <Section title="Policy" aside={<Now policy={data} />}>
      {data.file === null && (
        <p>There is none: what an operator asks for is tried out. AIRUNTIME_POLICY_FILE names one.</p>
      )}
      <Facts rows={rowsOf(data)} />
    </Section>
  );
}

function Now({ policy: { frozen, limits } }: { policy: Policy }) {
  if (frozen) {
    return <Badge color="blue" icon="lock" text="Frozen" />;
  }
  return left(limits) === 0 ? (
    <Badge color="orange" icon="lock" text="No more changes today" />
  ) : (
    <Badge color="green" icon="check" text="Changes may begin" />
  );
}

function rowsOf({ file, frozen, limits, autonomy }: Policy): Array<[string, ReactNode]> {
  const further = autonomy.filter(({ asked }) => asked !== 'suggest');
  return [
    [
      'Frozen now',
      frozen && `${frozen.why}, ${frozen.until ? `until ${moment(frozen.until)}` : 'with no end in sight'}`,
    ],
    ['Freezes', lines(limits.freeze)],
    ['Changes today', changes(limits)],
    ['Blast radius', radius(limits)],
    ['Services', only(limits.services)],
    ['Rules', only(limits.rules)],
    ['Second person', secondPerson(limits)],
    [
      'Autonomy',
      lines(further.map(({ rule, level, why }) => `${rule}: ${level}, ${why}`)) ?? 'every rule only suggests',
    ],
    ['File', file],
  ];
}

function lines(of: string[]): ReactNode {
  return of.length > 0 ? of.map((line) => <div key={line}>{line}</div>) : undefined;
}

type Limits = Policy['limits'];

function left({ changes_per_day, changes_today }: Limits): number | undefined {
  return changes_per_day === null ? undefined : Math.max(0, changes_per_day - changes_today);
}

function changes(limits: Limits): string {
  const remaining = left(limits);
  const begun = `${limits.changes_today} begun`;
  return remaining === undefined ? `${begun}, no limit` : `${begun}, ${remaining} of ${limits.changes_per_day} left`;
}

function radius({ blast_radius_calls: calls, blast_radius_spend: spend }: Limits): string {
  const parts = [
    calls !== null && `${percent(calls)} of all calls`,
    spend !== null && `${percent(spend)} of the spend`,
  ];
  const told = parts.filter(Boolean).join(' and ');
  return told ? `a change reaches at most ${told}` : 'no limit';
}

const percent = (share: number) => `${plain(share * 100)} %`;

function only(names: string[]): string | undefined {
  return names.includes(ANYTHING) ? undefined : `only ${names.join(', ') || 'none'}`;
}

function secondPerson({ second_person_risks: risks, second_person_services: services }: Limits): string {
  const where = services.includes(ANYTHING) ? '' : ` in ${services.join(', ')}`;
  return risks.length > 0 ? `must approve changes of ${risks.join(' and ')} risk${where}` : 'not asked for';
}
