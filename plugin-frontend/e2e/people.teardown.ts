import { test as teardown } from '@playwright/test';
import { logIn, remove } from './grafana';
import { MADE, PEOPLE } from './people';

teardown('who was made is deleted', async ({ baseURL }) => {
  const admin = await logIn(PEOPLE.admin, baseURL);
  for (const { login } of MADE) {
    await remove(admin, login);
  }
});
