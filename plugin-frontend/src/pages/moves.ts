import type { SuggestionDetail } from '../api/types';

export type Move = 'apply' | 'dismiss' | 'rollback';

export interface MoveText {
  move: Move;
  label: string;
  question: string;
  done: string;
  destructive: boolean;
}

export const MOVES: MoveText[] = [
  {
    move: 'apply',
    label: 'Apply',
    question:
      'The running services obey the new value at their next poll. The effect is measured, and it can be rolled back.',
    done: 'Applied',
    destructive: false,
  },
  {
    move: 'rollback',
    label: 'Roll back',
    question: 'The old value is restored at the next poll of the services.',
    done: 'Rolled back',
    destructive: true,
  },
  {
    move: 'dismiss',
    label: 'Dismiss',
    question: 'The suggestion is put away until its ground changes. Nothing is changed.',
    done: 'Dismissed',
    destructive: true,
  },
];

const FROM: Record<Move, string[]> = {
  apply: ['open'],
  dismiss: ['open'],
  rollback: ['applied', 'kept', 'stuck'],
};

/** Why a move is not possible now, or nothing when it is. */
export function obstacle(move: Move, { status }: Pick<SuggestionDetail, 'status'>): string | undefined {
  if (FROM[move].includes(status)) {
    return undefined;
  }
  return move === 'rollback' ? 'Nothing of it is applied.' : `It is ${status.replace('_', ' ')}, no longer open.`;
}
