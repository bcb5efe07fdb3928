import { type APIRequestContext, expect, request as requests } from '@playwright/test';
import { type Person, stateOf } from './people';

/** Logs in, keeps the cookies for the tests, and gives what asks in the person's name. */
export async function logIn(person: Person, baseURL: string | undefined): Promise<APIRequestContext> {
  const request = await requests.newContext({ baseURL });
  const answer = await request.post('/login', { data: { user: person.login, password: person.password } });
  expect(answer, await answer.text()).toBeOK();
  await request.storageState({ path: stateOf(person) });
  return request;
}

/** Makes the person, whoever had the login before. */
export async function make(admin: APIRequestContext, { login, password, role }: Person): Promise<void> {
  await remove(admin, login);
  const made = await admin.post('/api/admin/users', { data: { name: login, login, password } });
  expect(made, await made.text()).toBeOK();
  const { id } = await made.json();
  const allowed = await admin.patch(`/api/org/users/${id}`, { data: { role } });
  expect(allowed, await allowed.text()).toBeOK();
}

/** Deletes the person, if there is one with that login. */
export async function remove(admin: APIRequestContext, login: string): Promise<void> {
  const found = await admin.get('/api/users/lookup', { params: { loginOrEmail: login } });
  if (found.ok()) {
    const { id } = await found.json();
    const gone = await admin.delete(`/api/admin/users/${id}`);
    expect(gone, await gone.text()).toBeOK();
  }
}
