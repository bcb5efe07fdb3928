import type { SuggestionDetail } from '../api/types';
import { plain, quantity, words } from './format';
import { type Bar, IntervalChart } from './IntervalChart';
import { Facts, Section } from './Section';

const HELD = { kept: 'kept', short: 'came short, but to the good', missed: 'missed' };

/** What was promised before acting, and what came of it. */
export function EffectCard({ suggestion }: { suggestion: SuggestionDetail }) {
  const { expected, guardrails, finding, prediction, rule_record, verdict } = suggestion;
  const goal = verdict?.goal;
  const rails = guardrails.map((rail) => `${words(rail.measure)}: at most +${plain(rail.max_increase * 100)} %`);
  return (
    <Section title={goal ? 'Effect: expected and measured' : 'Expected effect'}>
      <IntervalChart bars={barsOf(suggestion)} unit={expected.unit} />
      <Facts
        rows={[
          ['Measure', `${words(expected.measure)}, ${expected.direction} is better`],
          ['Difference', goal && `${quantity(goal.low, goal.unit)} to ${quantity(goal.high, goal.unit)}`],
          [
            'Calls compared',
            goal && `${goal.n_before.toLocaleString('en-US')} and ${goal.n_after.toLocaleString('en-US')}`,
          ],
          ['Claim', prediction && words(HELD[prediction.held])],
          ['Confidence', sureness(finding.confidence)],
          ['Such claims so far', recordOf(rule_record)],
          ['Guardrails', rails.join('; ')],
        ]}
      />
    </Section>
  );
}

/** Nothing is ever quite sure, however many calls were counted. */
function sureness(confidence: number): string {
  return confidence > 0.999 ? 'over 99.9 %' : `${plain(confidence * 100)} %`;
}

function barsOf({ expected, verdict }: SuggestionDetail): Bar[] {
  const goal = verdict?.goal;
  const before = goal?.before ?? expected.now;
  const bars = [
    { name: goal ? 'Before' : 'Now', low: before, high: before, color: 'text' },
    { name: 'Expected', low: expected.low, high: expected.high, color: 'semi-dark-blue' },
  ];
  const after = goal && {
    name: 'Measured',
    low: goal.before + goal.low,
    mid: goal.after,
    high: goal.before + goal.high,
    color: 'semi-dark-green',
  };
  return after ? [...bars, after] : bars;
}

function recordOf({ kept, short, missed, trust }: SuggestionDetail['rule_record']): string {
  const tried = kept + short + missed;
  return tried === 0
    ? 'None tried yet'
    : `${kept} of ${tried} kept, ${short} came short, ${missed} missed; believed ${plain(trust * 100)} %`;
}
