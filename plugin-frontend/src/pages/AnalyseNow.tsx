import { Alert, type AlertVariant, Button } from '@grafana/ui';
import { useState } from 'react';
import { type Api, messageOf } from '../api/api';
import type { Analysis } from '../api/types';

interface Props {
  api: Api;
  refusal?: string;
  onDone: () => void;
}

interface Told {
  severity: AlertVariant;
  title: string;
  text?: string;
}

/** A button that has the services looked at now, and says what was found or why nothing was. */
export function AnalyseNow({ api, refusal, onDone }: Props) {
  const [busy, setBusy] = useState(false);
  const [told, setTold] = useState<Told>();
  const analyse = async () => {
    setBusy(true);
    const came = await api.post<Analysis>('/analyze', {}).then(tell, failed);
    setTold(came);
    setBusy(false);
    onDone();
  };
  return (
    <>
      <Button
        variant="secondary"
        icon={busy ? 'spinner' : 'sync'}
        disabled={busy || refusal !== undefined}
        tooltip={refusal}
        onClick={analyse}
      >
        Analyse now
      </Button>
      {told && (
        <Alert severity={told.severity} title={told.title} onRemove={() => setTold(undefined)}>
          {told.text}
        </Alert>
      )}
    </>
  );
}

function tell({ findings, suggested, why_nothing, problems }: Analysis): Told {
  if (findings.length === 0) {
    return { severity: 'info', title: 'Nothing was found', text: why_nothing ?? undefined };
  }
  const title = `${findings.length} found, ${suggested.length} new suggested`;
  return problems.length > 0
    ? { severity: 'warning', title, text: `Not all could be read: ${problems.join('; ')}` }
    : { severity: 'success', title };
}

function failed(error: unknown): Told {
  return { severity: 'error', title: 'The analysis could not be run', text: messageOf(error) };
}
