import { describe, expect, it } from 'vitest';
import { moment, plain, quantity, webUrl, words } from './format';

describe('quantity', () => {
  it.each([
    [60, 's', '1 min'],
    [0.25, 's', '250 ms'],
    [0.0123, 'USD', '$0.0123'],
    [12.5, 'USD', '$12.50'],
    [0, 'USD', '$0.00'],
    [2048, 'By', '2 KiB'],
    [3, '1/s', '3 ops/s'],
    [0.123456, '1', '0.1235'],
    [7, '', '7'],
    [7, 'calls', '7 calls'],
  ])('writes %d %s as %s', (value, unit, text) => {
    expect(quantity(value, unit)).toBe(text);
  });

  it.each([null, undefined, NaN, Infinity])('makes no number of %s', (value) => {
    expect(quantity(value, 's')).toBe('no value');
  });
});

it.each([
  [0.1 + 0.2, '0.3'],
  [1234567, '1,234,567'],
  [-1500, '-1,500'],
  [0, '0'],
])('writes %d plainly as %s', (value, text) => {
  expect(plain(value)).toBe(text);
});

it('makes words of an identifier', () => {
  expect(words('rolled_back')).toBe('Rolled back');
  expect(words('')).toBe('');
});

it('tells a moment in epoch seconds with its distance from now', () => {
  expect(moment(Date.now() / 1000 - 120)).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \(2 minutes ago\)$/);
});

it.each([
  ['https://example.com/a', 'https://example.com/a'],
  ['http://example.com', 'http://example.com'],
  ['javascript:alert(1)', undefined],
  ['data:text/html,x', undefined],
  ['/relative', undefined],
  ['', undefined],
])('takes %s for a link only when it is plain web', (url, link) => {
  expect(webUrl(url)).toBe(link);
});
