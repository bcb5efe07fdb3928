import { FieldType } from '@grafana/data';
import { describe, expect, it } from 'vitest';
import { ALL, type Choice, interpolate, isAll, type Scope } from './interpolate';

const OPTIONS = ['answers', 'rank.it', 'route'];

function scope(selected: string[], part: Partial<Choice> = {}): Scope {
  return { variables: { primitive: { selected, options: OPTIONS, ...part } }, from: 'now-15m', to: 'now' };
}

describe('a variable', () => {
  it.each(['$primitive', '${primitive}', '[[primitive]]'])('is filled in where it is written %s', (text) => {
    expect(interpolate(`rate(x{p="${text}"})`, scope(['answers']))).toBe('rate(x{p="answers"})');
  });

  it.each([
    ['regex', ['rank.it'], 'rank\\.it'],
    ['regex', ['answers', 'rank.it'], '(answers|rank\\.it)'],
    ['pipe', ['answers', 'rank.it'], 'answers|rank.it'],
    ['csv', ['answers', 'route'], 'answers,route'],
    ['text', ['answers', 'route'], 'answers + route'],
    ['json', ['answers'], '"answers"'],
    ['json', ['answers', 'route'], '["answers","route"]'],
    ['percentencode', ['a b&c'], 'a%20b%26c'],
    ['queryparam', ['answers', 'a b'], 'var-primitive=answers&var-primitive=a%20b'],
    ['glob', ['answers', 'route'], '{answers,route}'],
    ['no_such_format', ['answers', 'route'], '{answers,route}'],
  ])('is written as %s asks: %j becomes %s', (format, selected, expected) => {
    expect(interpolate(`\${primitive:${format}}`, scope(selected))).toBe(expected);
  });

  it('is written in the format of the caller where it names none of its own', () => {
    expect(interpolate('$primitive ${primitive:csv}', scope(['a.b', 'c']), {}, 'regex')).toBe('(a\\.b|c) a.b,c');
  });

  it('that stands for all is its own value for all, unescaped', () => {
    const all = scope([ALL], { allValue: '.*' });

    expect(interpolate('${primitive:regex} ${primitive:pipe}', all)).toBe('.* .*');
    expect(interpolate('${primitive:text}', all)).toBe('All');
    expect(interpolate('${primitive:queryparam}', all)).toBe('var-primitive=%24__all');
  });

  it('that stands for all without such a value is every option', () => {
    expect(interpolate('${primitive:pipe}', scope([ALL]))).toBe('answers|rank.it|route');
  });
});

it('tells whether a choice stands for all', () => {
  expect(isAll({ selected: [ALL], options: [] })).toBe(true);
  expect(isAll({ selected: ['answers'], options: [] })).toBe(false);
});

it.each(['$__rate_interval', '${__data.fields.id}', '${unknown:regex}', '${constructor}', '$5', 'costs $ 5'])(
  'leaves %s alone, which is no variable of the dashboard',
  (text) => {
    expect(interpolate(text, scope(['answers']))).toBe(text);
  },
);

it('fills in what the place at hand knows, such as the name of a field', () => {
  const scoped = { __field: { value: { name: 'cost', labels: { service: 'support' } } } };

  expect(interpolate('${__field.name} of ${__field.labels.service}', scope([]), scoped)).toBe('cost of support');
  expect(interpolate('${__field.labels}', scope([]), scoped)).toBe('${__field.labels}');
});

it('fills in what the data at hand tells, as the context of a field and of a row', () => {
  const rule = { name: 'value', type: FieldType.number, config: {}, values: [1, 2], labels: { rule: 'cold_cache' } };
  const word = { name: 'tunable', type: FieldType.string, config: {}, values: ['a.ttl', 'b.ttl'] };
  const frame = { fields: [rule, word], length: 2 };
  const at = (rowIndex?: number) => ({ __dataContext: { value: { data: [frame], frame, field: rule, rowIndex } } });

  expect(interpolate('${__field.labels.rule} ${__field.name}', scope([]), at())).toBe('cold_cache value');
  expect(interpolate('${__data.fields.tunable}', scope([]), at(1))).toBe('b.ttl');
  expect(interpolate('${__data.fields.tunable}', scope([]), at())).toBe('${__data.fields.tunable}');
  expect(interpolate('${__field.labels.none}', scope([]), at())).toBe('${__field.labels.none}');
});

it("writes Grafana's macros for links: the range as it was chosen, and every variable", () => {
  const here = { ...scope(['answers', 'route']), from: 'now/d', to: '2026-01-01T00:00:00Z' };

  expect(interpolate('${__url_time_range}', here)).toBe('from=now%2Fd&to=2026-01-01T00%3A00%3A00Z');
  expect(interpolate('${__all_variables}', here)).toBe('var-primitive=answers&var-primitive=route');
  expect(interpolate('${__url_time_range}', { ...here, timeZone: 'utc' })).toMatch(/&timezone=utc$/);
});
