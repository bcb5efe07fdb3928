import { Button, Stack } from '@grafana/ui';
import { useState } from 'react';
import type { SuggestionDetail } from '../api/types';
import { patchActs } from './patchActs';
import { type Asking, Question } from './Question';
import { useKeptFocus } from './useKeptFocus';

interface Props extends Asking {
  patch: NonNullable<SuggestionDetail['patch']>;
  refusal?: string;
}

/** The buttons of a patch, each with a question before it acts. */
export function PatchMoves({ patch, refusal, ...asking }: Props) {
  const [asked, setAsked] = useState<string>();
  const offered = patchActs(patch, asking.suggestion);
  const act = offered.find(({ path }) => path === asked);
  const { buttons, note } = useKeptFocus(act !== undefined);
  const onMoved = (done: string) => {
    note();
    asking.onMoved?.(done);
  };
  return (
    <Stack direction="row" gap={1} ref={buttons} tabIndex={-1} role="group" aria-label="Moves of the patch">
      {offered.map(({ path, label, destructive, obstacle }) => (
        <Button
          key={path}
          data-testid={`move-${path}`}
          variant={destructive ? 'secondary' : 'primary'}
          disabled={(refusal ?? obstacle) !== undefined}
          tooltip={refusal ?? obstacle}
          onClick={() => setAsked(path)}
        >
          {label}
        </Button>
      ))}
      {act && <Question {...asking} onMoved={onMoved} act={act} onClose={() => setAsked(undefined)} />}
    </Stack>
  );
}
