import { randomBytes } from 'node:crypto';

/** Made in the first process and handed to the others: each test runs in a process of its own. */
process.env.AIRUNTIME_E2E_PASSWORD ??= randomBytes(18).toString('base64url');

export interface Person {
  login: string;
  password: string;
  role: 'Viewer' | 'Editor' | 'Admin';
}

/** Who walks through Grafana. All but the admin are made for the run, and deleted after it. */
export const PEOPLE = {
  admin: {
    login: process.env.GRAFANA_USER ?? 'admin',
    password: process.env.GRAFANA_PASSWORD ?? 'admin',
    role: 'Admin',
  },
  editor: made('Editor'),
  viewer: made('Viewer'),
} as const satisfies Record<string, Person>;

export const MADE: Person[] = [PEOPLE.editor, PEOPLE.viewer];

/** Where the cookies of a logged-in person are kept. */
export function stateOf({ login }: Person): string {
  return `playwright/.auth/${login}.json`;
}

function made(role: Person['role']): Person {
  return { login: `airuntime-e2e-${role.toLowerCase()}`, password: process.env.AIRUNTIME_E2E_PASSWORD ?? '', role };
}
