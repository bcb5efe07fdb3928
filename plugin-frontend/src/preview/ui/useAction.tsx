import { ConfirmModal } from '@grafana/ui';
import { useCallback, useState } from 'react';
import { messageOf } from '../../api/api';
import { sendJson } from '../api';
import type { Action } from '../data/context';
import { actionPath, fillRow, fillUrl, type Row } from '../model/urls';

type Tell = (severity: 'success' | 'error', title: string, text?: string) => void;

/** Asks before an Action of a panel is sent, sends it, and tells what came of it. */
export function useAction(tell: Tell, refresh: () => void) {
  const [asked, setAsked] = useState<{ action: Action; row: Row }>();
  const act = useCallback((action: Action, row: Row) => setAsked({ action, row }), []);
  const close = () => setAsked(undefined);
  const confirm = () => {
    close();
    if (asked) {
      send(asked.action, asked.row)
        .then(
          () => tell('success', `${asked.action.title}: done`, 'The panels show the effect as it is measured.'),
          (error: unknown) => tell('error', `${asked.action.title}: not done`, messageOf(error)),
        )
        .finally(refresh);
    }
  };
  const question = asked && (
    <ConfirmModal
      isOpen
      title={asked.action.title}
      body={asked.action.confirmation || `${asked.action.title}?`}
      confirmText="Confirm"
      confirmButtonVariant="primary"
      onConfirm={confirm}
      onDismiss={close}
    />
  );
  return { act, question };
}

async function send({ type, fetch, title }: Action, row: Row): Promise<unknown> {
  const path = fetch && actionPath(fillUrl(fetch.url, row));
  if (!fetch || path === undefined || (type ?? 'fetch') !== 'fetch') {
    throw new Error(`the preview cannot do "${title}": it only calls this plugin's own resources`);
  }
  return sendJson(fetch.method ?? 'POST', path, fetch.body && fillRow(fetch.body, row));
}
