import { Alert, Button, Field, Modal, Stack, TextArea } from '@grafana/ui';
import { type ChangeEvent, useState } from 'react';
import { type Api, ApiError, messageOf } from '../api/api';
import type { MoveBody, SuggestionDetail } from '../api/types';
import { MOVES, type MoveText, obstacle } from './moves';

interface Props {
  api: Api;
  suggestion: SuggestionDetail;
  refusal?: string;
  onChange: (detail: SuggestionDetail) => void;
  /** Someone else was faster: what is shown is old. */
  onStale: () => void;
  onMoved?: (done: string) => void;
}

/** The buttons, each with a question before it acts. */
export function Moves(props: Props) {
  const { suggestion, refusal } = props;
  const [asked, setAsked] = useState<MoveText>();
  return (
    <Stack direction="row" gap={1}>
      {MOVES.map((text) => {
        const why = refusal ?? obstacle(text.move, suggestion);
        return (
          <Button
            key={text.move}
            data-testid={`move-${text.move}`}
            variant={text.move === 'apply' ? 'primary' : 'secondary'}
            disabled={why !== undefined}
            tooltip={why}
            onClick={() => setAsked(text)}
          >
            {text.label}
          </Button>
        );
      })}
      {asked && <Question {...props} text={asked} onClose={() => setAsked(undefined)} />}
    </Stack>
  );
}

function Question({ text, onClose, ...props }: Props & { text: MoveText; onClose: () => void }) {
  const { suggestion } = props;
  const [reason, setReason] = useState('');
  const { busy, error, act } = useMove(props, text, onClose);
  return (
    <Modal title={`${text.label}: ${suggestion.title}`} isOpen onDismiss={onClose}>
      <p>{text.question}</p>
      {text.move !== 'dismiss' && <pre>{text.move === 'apply' ? suggestion.diff : inverse(suggestion)}</pre>}
      {text.move !== 'apply' && (
        <Field label="Reason" description="Kept in the history.">
          <TextArea
            data-testid="move-reason"
            value={reason}
            rows={2}
            maxLength={2000}
            onChange={(event: ChangeEvent<HTMLTextAreaElement>) => setReason(event.target.value)}
          />
        </Field>
      )}
      {error && <Alert title="It was not done">{error}</Alert>}
      <Modal.ButtonRow>
        <Button variant="secondary" fill="outline" onClick={onClose}>
          Cancel
        </Button>
        <Button
          data-testid="move-confirm"
          variant={text.destructive ? 'destructive' : 'primary'}
          disabled={busy}
          icon={busy ? 'spinner' : undefined}
          onClick={() => act(reason)}
        >
          {text.label}
        </Button>
      </Modal.ButtonRow>
    </Modal>
  );
}

function useMove({ api, suggestion, onChange, onStale, onMoved }: Props, text: MoveText, onClose: () => void) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const act = async (reason: string) => {
    setBusy(true);
    try {
      const path = `/suggestions/${encodeURIComponent(suggestion.id)}/${text.move}`;
      const body: MoveBody = { revision: suggestion.revision, reason };
      onChange(await api.post<SuggestionDetail>(path, body));
      onMoved?.(`${text.done}: ${suggestion.title}`);
      onClose();
    } catch (failure) {
      setError(messageOf(failure));
      setBusy(false);
      if (failure instanceof ApiError && failure.status === 409) {
        onStale();
      }
    }
  };
  return { busy, error, act };
}

function inverse({ tunable, rollout }: SuggestionDetail): string {
  return rollout ? `- ${tunable} = ${rollout.change.after}\n+ ${tunable} = ${rollout.change.before}` : '';
}
