import { Alert, LoadingPlaceholder } from '@grafana/ui';
import { useCallback } from 'react';
import type { Api } from '../api/api';
import type { Health } from '../api/types';
import { Dependencies } from './Dependencies';
import { Facts, Section } from './Section';
import { StatusBadge } from './StatusBadge';
import { useLoad } from './useLoad';

const EVERY_SECONDS = 30;

/** How the backend and all that it needs do. */
export function HealthPage({ api }: { api: Api }) {
  const load = useCallback(() => api.get<Health>('/healthz'), [api]);
  const { data, error, loading } = useLoad(load, EVERY_SECONDS);
  if (loading) {
    return <LoadingPlaceholder text="Asking the backend" />;
  }
  return (
    <div data-testid="health" data-state={error ? 'error' : 'done'}>
      {error && <Alert title="The backend could not be asked">{error}</Alert>}
      {data && (
        <Section title={`Backend ${data.version}`} aside={<StatusBadge status={data.ok ? 'healthy' : 'in_trouble'} />}>
          <Dependencies health={data} />
        </Section>
      )}
      {data && Object.keys(data.refused).length > 0 && (
        <Section title="Services that refuse their config">
          <Facts wide rows={Object.entries(data.refused)} />
        </Section>
      )}
    </div>
  );
}
