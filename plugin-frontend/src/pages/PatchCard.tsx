import type { SuggestionDetail } from '../api/types';
import { Diff } from './Cards';
import { Facts, Section } from './Section';

/** Who worded the suggestion, when that was not the rule, and what the rule says itself. */
export function WordingCard({ wording }: Pick<SuggestionDetail, 'wording'>) {
  return (
    wording && (
      <Section title="Whose words these are">
        <Facts
          rows={[
            ['Worded by', wording.author],
            ['The rule says', wording.of_rule],
          ]}
        />
      </Section>
    )
  );
}

/** A patch may come from a model: it is shown as text, and nothing here applies it. */
export function PatchCard({ patch }: Pick<SuggestionDetail, 'patch'>) {
  return (
    patch && (
      <Section title="Patch of your source">
        <Facts rows={[['Made by', patch.author]]} />
        <Diff text={patch.text} testId="patch" />
      </Section>
    )
  );
}
