import { test as setup } from '@playwright/test';
import { logIn, make } from './grafana';
import { MADE, PEOPLE } from './people';

setup('an editor and a viewer are made, and all log in', async ({ baseURL }) => {
  const admin = await logIn(PEOPLE.admin, baseURL);
  for (const person of MADE) {
    await make(admin, person);
    await logIn(person, baseURL);
  }
});
