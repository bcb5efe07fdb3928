import { Alert, Button, Field, Modal, TextArea } from '@grafana/ui';
import { type ChangeEvent, useState } from 'react';
import { type Api, ApiError, messageOf } from '../api/api';
import type { MoveBody, SuggestionDetail } from '../api/types';

/** Something that changes something, and what is asked before it is done. */
export interface Act {
  /** Behind the path of the suggestion. */
  path: string;
  /** The revision that was read, of the suggestion or of its patch. */
  revision: number;
  label: string;
  question: string;
  /** What will be changed. */
  shown?: string;
  asksReason: boolean;
  destructive: boolean;
  /** What came of it, in a word. */
  done: (detail: SuggestionDetail) => string;
}

export interface Asking {
  api: Api;
  suggestion: SuggestionDetail;
  onChange: (detail: SuggestionDetail) => void;
  /** Someone else was faster: what is shown is old. */
  onStale: () => void;
  onMoved?: (done: string) => void;
}

interface Props extends Asking {
  act: Act;
  onClose: () => void;
}

/** Asks, does it, and stays open with the backend's words when it is refused. */
export function Question(props: Props) {
  const { act, suggestion, onClose } = props;
  const [reason, setReason] = useState('');
  const { busy, error, send } = useSending(props);
  return (
    <Modal title={`${act.label}: ${suggestion.title}`} isOpen onDismiss={onClose}>
      <p>{act.question}</p>
      {act.shown && <pre>{act.shown}</pre>}
      {act.asksReason && (
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
          {act.label.startsWith('Cancel') ? 'Back' : 'Cancel'}
        </Button>
        <Button
          data-testid="move-confirm"
          variant={act.destructive ? 'destructive' : 'primary'}
          disabled={busy}
          icon={busy ? 'spinner' : undefined}
          onClick={() => send(reason)}
        >
          {act.label}
        </Button>
      </Modal.ButtonRow>
    </Modal>
  );
}

function useSending({ api, suggestion, act, onChange, onStale, onMoved, onClose }: Props) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const send = async (reason: string) => {
    setBusy(true);
    try {
      const path = `/suggestions/${encodeURIComponent(suggestion.id)}/${act.path}`;
      const body: MoveBody = { revision: act.revision, reason };
      const detail = await api.post<SuggestionDetail>(path, body);
      onChange(detail);
      onMoved?.(`${act.done(detail)}: ${suggestion.title}`);
      onClose();
    } catch (failure) {
      setError(messageOf(failure));
      setBusy(false);
      if (failure instanceof ApiError && failure.status === 409) {
        onStale();
      }
    }
  };
  return { busy, error, send };
}
