import { Button, Stack } from '@grafana/ui';
import { useState } from 'react';
import type { SuggestionDetail } from '../api/types';
import { doneOf, type Move, movesOf, type MoveText, obstacle } from './moves';
import { type Act, type Asking, Question } from './Question';

interface Props extends Asking {
  refusal?: string;
}

const PRIMARY: Move[] = ['apply', 'approve'];

/** The buttons, each with a question before it acts. */
export function Moves({ refusal, ...asking }: Props) {
  const { suggestion } = asking;
  const [asked, setAsked] = useState<MoveText>();
  return (
    <Stack direction="row" gap={1}>
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
      {asked && <Question {...asking} act={actOf(asked, suggestion)} onClose={() => setAsked(undefined)} />}
    </Stack>
  );
}

function actOf(text: MoveText, suggestion: SuggestionDetail): Act {
  const shown = text.shows && (text.shows === 'change' ? suggestion.diff : inverse(suggestion));
  return { ...text, path: text.move, revision: suggestion.revision, shown, done: (detail) => doneOf(text, detail) };
}

function inverse({ tunable, rollout }: SuggestionDetail): string {
  return rollout ? `- ${tunable} = ${rollout.change.after}\n+ ${tunable} = ${rollout.change.before}` : '';
}
