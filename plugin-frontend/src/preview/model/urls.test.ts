import { describe, expect, it } from 'vitest';
import { actionPath, fillRow, fillUrl, linkTarget } from './urls';

const APP = '/a/airuntime-intelligence-app';
const RESOURCES = '/api/plugins/airuntime-intelligence-app/resources';

it('puts the values of a row into a text, and nothing where there is none', () => {
  const row = { id: 's-1', to: 60, 'Expected effect': 'more hits', gone: null };

  expect(fillRow('${__data.fields.id} to ${__data.fields.to:text}', row)).toBe('s-1 to 60');
  expect(fillRow('${__data.fields["Expected effect"]}', row)).toBe('more hits');
  expect(fillRow('[${__data.fields.gone}${__data.fields.unknown}]', row)).toBe('[]');
});

it('lets a value fill a part of an address, but not change where it leads', () => {
  const url = `${APP}/suggestions/\${__data.fields.id}`;

  expect(fillUrl(url, { id: '../../../api/x?y#z' })).toBe(`${APP}/suggestions/..%2F..%2F..%2Fapi%2Fx%3Fy%23z`);
  expect(fillUrl('${__data.fields.url}', { url: 'https://docs.example/a?b' })).toBe('https://docs.example/a?b');
});

describe('a link', () => {
  it.each([
    ['/d/airuntime-code', '#/d/airuntime-code'],
    ['/d/airuntime-code/code-performance?from=now-1h&var-service=a', '#/d/airuntime-code?from=now-1h&var-service=a'],
    [`${APP}/suggestions/s-1`, '#/suggestions/s-1'],
    [`${APP}/suggestions`, '#/suggestions'],
  ])('to %s stays in the preview: %s', (url, href) => {
    expect(linkTarget(url)).toEqual({ href, external: false });
  });

  it('to the web opens outside', () => {
    expect(linkTarget('https://docs.example/a')).toEqual({ href: 'https://docs.example/a', external: true });
  });

  it.each(['javascript:alert(1)', '/explore', '', 'data:text/html,x', '//evil.example'])(
    'to "%s" leads nowhere here',
    (url) => {
      expect(linkTarget(url)).toBeUndefined();
    },
  );
});

it('calls only resources of this plugin, at the backend itself', () => {
  expect(actionPath(`${RESOURCES}/suggestions/s-1/apply`)).toBe('/suggestions/s-1/apply');
});

it.each([
  'https://evil.example/x',
  '/api/admin/users',
  '/api/plugins/other-app/resources/x',
  `${RESOURCES}x/suggestions`,
  `${RESOURCES}/../../../admin`,
  `${RESOURCES}/suggestions/..`,
])('calls nothing at %s', (url) => {
  expect(actionPath(url)).toBeUndefined();
});
