import { Button, Stack } from '@grafana/ui';
import { useState } from 'react';
import type { SuggestionDetail } from '../api/types';
import { PATCH } from './PatchCard';
import { doneOf, type Move, movesOf, type MoveText, obstacle } from './moves';
import { type Act, type Asking, Question } from './Question';
import { useKeptFocus } from './useKeptFocus';

interface Props extends Asking {
  refusal?: string;
}

const PRIMARY: Move[] = ['apply', 'approve'];

/** The buttons, each with a question before it acts. */
export function Moves({ refusal, ...asking }: Props) {
  const { suggestion } = asking;
  const [asked, setAsked] = useState<MoveText>();
  const { buttons, note } = useKeptFocus(asked !== undefined);
  const onMoved = (done: string) => {
    note();
    asking.onMoved?.(done);
  };
  return (
    <Stack direction="row" gap={1} ref={buttons} tabIndex={-1} role="group" aria-label="Moves" data-testid="moves">
      {suggestion.tunable === null && suggestion.patch && <ToPatch />}
      {movesOf(suggestion).map((text) => {
        const why = refusal ?? obstacle(text.move, suggestion);
        return (
          <Button
            key={text.move}
            data-testid={`move-${text.move}`}
            variant={PRIMARY.includes(text.move) ? 'primary' : 'secondary'}
            disabled={why !== undefined}
            tooltip={why}
            onClick={() => setAsked(text)}
          >
            {text.label}
          </Button>
        );
      })}
      {asked && (
        <Question {...asking} onMoved={onMoved} act={actOf(asked, suggestion)} onClose={() => setAsked(undefined)} />
      )}
    </Stack>
  );
}

/** In the place of Apply: a patch is looked at first, and has buttons of its own. */
function ToPatch() {
  return (
    <Button data-testid="to-patch" onClick={() => document.getElementById(PATCH)?.focus()}>
      Open the patch
    </Button>
  );
}

function actOf(text: MoveText, suggestion: SuggestionDetail): Act {
  const shown = text.shows && (text.shows === 'change' ? suggestion.diff : inverse(suggestion));
  return { ...text, path: text.move, revision: suggestion.revision, shown, done: (detail) => doneOf(text, detail) };
}

function inverse({ tunable, rollout }: SuggestionDetail): string {
  return rollout ? `- ${tunable} = ${rollout.change.after}\n+ ${tunable} = ${rollout.change.before}` : '';
}
