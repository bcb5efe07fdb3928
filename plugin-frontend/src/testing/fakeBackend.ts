import type { MoveBody, SuggestionDetail } from '../api/types';
import { type Move, obstacle } from '../pages/moves';
import { NO_POLICY } from './policy';

export interface Asked {
  method: string;
  path: string;
  body?: unknown;
  headers: Headers;
}

const QUERY = '/api/query';

type Answer = { status: number; body: unknown };
type Route = (asked: Asked) => Answer | Promise<Answer>;

const AFTER: Record<Move, string> = {
  apply: 'applied',
  approve: 'applied',
  cancel: 'open',
  rollback: 'rolled_back',
  dismiss: 'dismissed',
};

/** An error in the backend's one shape. */
export function refusal(status: number, code: string, message: string): Answer {
  return { status, body: { error: { code, message, field: null, value: null, expected: null } } };
}

/** A fake of the backend behind `fetch`: suggestions in memory, with revisions, refusing what the real one refuses. */
export class FakeBackend {
  readonly asked: Asked[] = [];
  private readonly routes = new Map<string, Route>();
  private readonly suggestions = new Map<string, SuggestionDetail>();

  constructor(...suggestions: SuggestionDetail[]) {
    suggestions.forEach((one) => this.put(one));
  }

  put(suggestion: SuggestionDetail): void {
    this.suggestions.set(suggestion.id, suggestion);
  }

  /** Answers this method and path so from now on: `GET /suggestions`. */
  on(request: string, route: Route): this {
    this.routes.set(request, route);
    return this;
  }

  posts(): Asked[] {
    return this.asked.filter(({ method }) => method === 'POST');
  }

  /** What was asked for with the aim to change something. */
  changes(): Asked[] {
    return this.posts().filter(({ path }) => path !== QUERY);
  }

  readonly fetch = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const asked: Asked = {
      method: init.method ?? 'GET',
      path: String(input),
      body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined,
      headers: new Headers(init.headers),
    };
    this.asked.push(asked);
    const { status, body } = await this.answer(asked);
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return new Response(text, { status, headers: { 'Content-Type': 'application/json' } });
  };

  answer(asked: Asked): Answer | Promise<Answer> {
    const route = this.routes.get(`${asked.method} ${asked.path}`);
    if (route) {
      return route(asked);
    }
    if (asked.path === QUERY) {
      const { queries } = asked.body as { queries: Array<{ refId: string }> };
      return {
        status: 200,
        body: { results: Object.fromEntries(queries.map(({ refId }) => [refId, { frames: [] }])) },
      };
    }
    if (asked.path === '/policy') {
      return { status: 200, body: NO_POLICY };
    }
    const [, kind, id = '', move] = asked.path.split('/');
    if (kind !== 'suggestions') {
      return refusal(404, 'not_found', `there is no ${asked.path}`);
    }
    if (!id) {
      return { status: 200, body: { suggestions: [...this.suggestions.values()] } };
    }
    const one = this.suggestions.get(decodeURIComponent(id));
    if (!one) {
      return refusal(404, 'not_found', `there is no suggestion '${id}'`);
    }
    return move ? this.move(one, move as Move, asked.body as MoveBody) : { status: 200, body: one };
  }

  private move(one: SuggestionDetail, move: Move, { revision, reason }: MoveBody): Answer {
    if (revision !== one.revision || obstacle(move, one)) {
      return refusal(409, 'conflict', `suggestion ${one.id} is ${one.status} at revision ${one.revision}`);
    }
    const [before, after] = [one.status, AFTER[move]];
    const entry = { at: 1_700_000_200, who: 'ada', via: 'preview', action: move, before, after, why: reason };
    const moved = { ...one, queue: null, status: after, revision: revision + 1, history: [...one.history, entry] };
    this.put(moved);
    return { status: 200, body: moved };
  }
}
