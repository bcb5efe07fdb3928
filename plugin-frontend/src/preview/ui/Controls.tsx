import { css } from '@emotion/css';
import type { GrafanaTheme2, SelectableValue } from '@grafana/data';
import { InlineLabel, LinkButton, MultiSelect, Select, useStyles2 } from '@grafana/ui';
import { useMemo } from 'react';
import type { Dashboard, Variable } from '../model/dashboard';
import { ALL, type Choice } from '../model/interpolate';
import { linkTarget } from '../model/urls';

interface Props {
  dashboard: Dashboard;
  choices: Record<string, Choice>;
  choose: (variable: string, values: string[]) => void;
  /** The address of a link, with time and variables as it wants them. */
  withState: (url: string, keepTime: boolean, includeVars: boolean) => string;
}

/** Variables at the left, links to other dashboards at the right. */
export function Controls({ dashboard, choices, choose, withState }: Props) {
  const styles = useStyles2(getStyles);
  const shown = (dashboard.templating?.list ?? []).filter(({ hide }) => hide !== 2);
  return (
    <div className={styles.bar}>
      {shown.map((variable) => (
        <Picker
          key={variable.name}
          variable={variable}
          choice={choices[variable.name] ?? { selected: [], options: [] }}
          choose={(values) => choose(variable.name, values)}
        />
      ))}
      <div className={styles.links}>
        {(dashboard.links ?? []).map(({ title, url, tooltip, keepTime = false, includeVars = false }) => {
          const target = linkTarget(withState(url, keepTime, includeVars));
          return (
            target && (
              <LinkButton key={title} href={target.href} icon="apps" variant="secondary" size="md" tooltip={tooltip}>
                {title}
              </LinkButton>
            )
          );
        })}
      </div>
    </div>
  );
}

interface PickerProps {
  variable: Variable;
  choice: Choice;
  choose: (values: string[]) => void;
}

function Picker({ variable, choice, choose }: PickerProps) {
  const styles = useStyles2(getStyles);
  const options = useMemo(() => optionsOf(variable, choice), [variable, choice]);
  const common = { options, width: 'auto' as const, 'aria-label': variable.label ?? variable.name };
  return (
    <div className={styles.picker} data-testid={`variable-${variable.name}`}>
      <InlineLabel width="auto">{variable.label || variable.name}</InlineLabel>
      {variable.multi ? (
        <MultiSelect
          {...common}
          value={choice.selected}
          closeMenuOnSelect={false}
          onChange={(picked) => choose(settled(picked, choice))}
        />
      ) : (
        <Select {...common} value={choice.selected[0]} onChange={({ value }) => choose(value ? [value] : [ALL])} />
      )}
    </div>
  );
}

/** There may be tens of thousands. What the address names stays shown when the backend does not know it (any more). */
function optionsOf({ includeAll }: Variable, { options, selected }: Choice): Array<SelectableValue<string>> {
  const all = includeAll ? [{ label: 'All', value: ALL }] : [];
  const known = new Set([...options, ...selected.filter((value) => value !== ALL)]);
  return [...all, ...[...known].map((value) => ({ label: value, value }))];
}

/** "All" excludes single values, whichever was picked last. */
function settled(picked: Array<SelectableValue<string>>, before: Choice): string[] {
  const values = picked.flatMap(({ value }) => (value === undefined ? [] : [value]));
  const wasAll = before.selected.includes(ALL);
  const single = values.filter((value) => value !== ALL);
  return single.length === 0 || (values.includes(ALL) && !wasAll) ? [ALL] : single;
}

const getStyles = (theme: GrafanaTheme2) => ({
  bar: css({ display: 'flex', gap: theme.spacing(1), flexWrap: 'wrap', padding: theme.spacing(0, 2, 1) }),
  picker: css({
    display: 'flex',
    minWidth: 140,
    '> :last-child': { minWidth: 120 },
    label: { marginRight: 0, borderRight: 0, borderTopRightRadius: 0, borderBottomRightRadius: 0 },
  }),
  links: css({ display: 'flex', gap: theme.spacing(1), marginLeft: 'auto', flexWrap: 'wrap' }),
});
