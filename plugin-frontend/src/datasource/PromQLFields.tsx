import { InlineField, InlineFieldRow, InlineSwitch, Input, TextArea } from '@grafana/ui';
import type { ChangeEvent, KeyboardEvent } from 'react';
import type { RuntimeQuery } from './types';

interface Props {
  query: RuntimeQuery;
  change: (part: Partial<RuntimeQuery>) => void;
  run: () => void;
}

const LABEL = 12;

/** An expression, the name of its series, and whether only the last value counts. */
export function PromQLFields({ query, change, run }: Props) {
  const runOnEnter = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.shiftKey || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      run();
    }
  };
  return (
    <>
      <InlineField label="Expression" labelWidth={LABEL} tooltip="Shift+Enter runs it" grow>
        <TextArea
          aria-label="Expression"
          rows={2}
          value={query.expr ?? ''}
          onChange={(event: ChangeEvent<HTMLTextAreaElement>) => change({ expr: event.target.value })}
          onKeyDown={runOnEnter}
          onBlur={run}
        />
      </InlineField>
      <InlineFieldRow>
        <InlineField label="Legend" labelWidth={LABEL} tooltip="Labels in braces: {{service}}" grow>
          <Input
            aria-label="Legend"
            value={query.legend ?? ''}
            placeholder="all labels"
            onChange={(event: ChangeEvent<HTMLInputElement>) => change({ legend: event.target.value })}
            onBlur={run}
          />
        </InlineField>
        <InlineField label="Instant" tooltip="Only the value at the end of the time range">
          <InlineSwitch
            aria-label="Instant"
            value={query.instant ?? false}
            onChange={(event: ChangeEvent<HTMLInputElement>) => {
              change({ instant: event.target.checked });
              run();
            }}
          />
        </InlineField>
      </InlineFieldRow>
    </>
  );
}
