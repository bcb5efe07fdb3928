import type { SuggestionDetail } from '../api/types';

export type Move = 'apply' | 'approve' | 'cancel' | 'rollback' | 'dismiss';

export interface MoveText {
  move: Move;
  label: string;
  question: string;
  done: string;
  destructive: boolean;
  /** What its question shows of the change. */
  shows?: 'change' | 'inverse';
  asksReason: boolean;
}

const MOVES: MoveText[] = [
  {
    move: 'apply',
    label: 'Apply',
    question:
      'The running services obey the new value at their next poll. The effect is measured, and it can be rolled back.',
    done: 'Applied',
    destructive: false,
    shows: 'change',
    asksReason: false,
  },
  {
    move: 'approve',
    label: 'Approve',
    question: 'Somebody else asked for this change. With your approval it starts when nothing else is in its way.',
    done: 'Approved',
    destructive: false,
    shows: 'change',
    asksReason: true,
  },
  {
    move: 'cancel',
    label: 'Cancel apply',
    question: 'The change waits no more, and the suggestion is open again. Nothing has been changed.',
    done: 'Cancelled',
    destructive: true,
    asksReason: true,
  },
  {
    move: 'rollback',
    label: 'Roll back',
    question: 'The old value is restored at the next poll of the services.',
    done: 'Rolled back',
    destructive: true,
    shows: 'inverse',
    asksReason: true,
  },
  {
    move: 'dismiss',
    label: 'Dismiss',
    question: 'The suggestion is put away until its ground changes. Nothing is changed.',
    done: 'Dismissed',
    destructive: true,
    asksReason: true,
  },
];

const FROM: Record<Move, string[]> = {
  apply: ['open'],
  approve: ['queued'],
  cancel: ['queued'],
  rollback: ['applied', 'kept', 'stuck'],
  dismiss: ['open'],
};

type Standing = Pick<SuggestionDetail, 'status' | 'queue'> & Partial<Pick<SuggestionDetail, 'tunable'>>;

/**
 * The moves that are offered: a change that waits can be approved or cancelled, and not be applied once more. Where
 * only the code is to be changed there is no value to apply; its patch has buttons of its own.
 */
export function movesOf({ status, tunable }: Standing): MoveText[] {
  if (tunable === null) {
    return MOVES.filter(({ move }) => move === 'dismiss');
  }
  const waits = status === 'queued';
  const none = waits ? ['apply'] : ['approve', 'cancel'];
  return MOVES.filter(({ move }) => !none.includes(move));
}

/** Why a move is not possible now, or nothing when it is. Who may approve, the backend knows. */
export function obstacle(move: Move, { status, queue }: Standing): string | undefined {
  if (!FROM[move].includes(status)) {
    return move === 'rollback' ? 'Nothing of it is applied.' : `It is ${status.replace('_', ' ')}, ${not(move)}.`;
  }
  return move === 'approve' && queue?.waits_for !== 'person' ? 'It does not wait for an approval.' : undefined;
}

function not(move: Move): string {
  return FROM[move].includes('open') ? 'no longer open' : 'not queued';
}

/** What was done, in a word: an apply may only have been queued. */
export function doneOf({ move, done }: MoveText, { status }: Standing): string {
  return move === 'apply' && status === 'queued' ? 'Queued' : done;
}
