import type { SuggestionDetail } from '../api/types';
import { Diff } from './Cards';
import { PatchMoves } from './PatchMoves';
import { PatchProgress } from './PatchProgress';
import type { Asking } from './Question';
import { Facts, Section } from './Section';
import { StatusBadge } from './StatusBadge';

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

/** Where the patch stands on the page. */
export const PATCH = 'patch';

/** A patch may come from a model: it is shown as text, and tried only when somebody asks for that. */
export function PatchCard(props: Asking & { refusal?: string }) {
  const { patch, history } = props.suggestion;
  return (
    patch && (
      <Section id={PATCH} title="Patch of your source" aside={patch.run && <StatusBadge status={patch.run.phase} />}>
        <Facts rows={[['Made by', patch.author]]} />
        <Diff text={patch.text} testId="patch" />
        {patch.run && <PatchProgress run={patch.run} history={history} />}
        <PatchMoves {...props} patch={patch} />
      </Section>
    )
  );
}
