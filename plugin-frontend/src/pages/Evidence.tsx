import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { TextLink, useStyles2 } from '@grafana/ui';
import type { ReactNode } from 'react';
import type { Doc, Signal, SourceLines, SuggestionDetail } from '../api/types';
import { quantity, webUrl, words } from './format';
import { Section } from './Section';

const UNKNOWN: Partial<Record<Signal['state'], string>> = {
  no_data: 'no data',
  nan: 'not a number',
  inf: 'infinite',
  stale: 'no longer told',
  gap: 'told with a gap',
};

interface SignalProps {
  signals: Signal[];
  finding: SuggestionDetail['finding'];
  /** The same, drawn. */
  children: ReactNode;
}

export function SignalEvidence({ signals, finding, children }: SignalProps) {
  const styles = useStyles2(getStyles);
  return (
    <Section title="Why: what was measured">
      <p>{finding.summary}</p>
      {children}
      <div className={styles.scroll}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th>Measure</th>
              <th>Value</th>
              <th>Calls</th>
              <th>Query</th>
            </tr>
          </thead>
          <tbody>
            {signals.map((signal) => (
              <tr key={signal.measure}>
                <td>{words(signal.measure)}</td>
                <td className={styles.number}>{told(signal)}</td>
                <td className={styles.number}>{signal.n.toLocaleString('en-US')}</td>
                <td>
                  <code className={styles.query}>{signal.query}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

/** The number, or why there is none; one that was counted since a restart is a number all the same. */
function told({ state, value, unit }: Signal): string {
  return UNKNOWN[state] ?? `${quantity(value, unit)}${state === 'reset' ? ', since a restart' : ''}`;
}

export function CodeEvidence({ code }: { code: SourceLines[] }) {
  const styles = useStyles2(getStyles);
  return (
    <Section title="Why: your source">
      {code.length === 0 && 'No source lines: the folder of this service is not among the source roots of the backend.'}
      {code.map((lines) => (
        <figure key={lines.source} className={styles.figure}>
          <figcaption>{lines.source}</figcaption>
          <pre className={styles.code} data-testid="code">
            {lines.text.split('\n').map((line, index) => (
              <div key={index} className={styles.line}>
                <span className={styles.lineNumber}>{lines.line + index}</span>
                <span>{line}</span>
              </div>
            ))}
          </pre>
        </figure>
      ))}
    </Section>
  );
}

/** Documentation comes from outside: text only, and a link only when it is plain web. */
export function DocEvidence({ docs }: { docs: Doc[] }) {
  const styles = useStyles2(getStyles);
  return (
    <Section title="Why: documentation">
      {docs.length === 0 && 'No documentation was found for the libraries of this primitive.'}
      {docs.map((doc) => {
        const url = webUrl(doc.url);
        return (
          <figure key={`${doc.source}/${doc.id}`} className={styles.figure}>
            <figcaption>
              <strong>{doc.title}</strong> · {[doc.source, doc.id === doc.url ? '' : doc.id, doc.version].join(' ')}{' '}
              {url && (
                <TextLink href={url} external>
                  Source
                </TextLink>
              )}
            </figcaption>
            <pre className={styles.doc} data-testid="doc">
              {doc.text}
            </pre>
          </figure>
        );
      })}
    </Section>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  scroll: css({ overflowX: 'auto' }),
  table: css({
    width: '100%',
    th: { ...theme.typography.bodySmall, color: theme.colors.text.secondary, fontWeight: 500 },
    'td, th': { padding: theme.spacing(0.75, 2, 0.75, 0), verticalAlign: 'top', textAlign: 'left' },
    'tbody tr': { borderTop: `1px solid ${theme.colors.border.weak}` },
  }),
  number: css({ whiteSpace: 'nowrap', fontVariantNumeric: 'tabular-nums' }),
  query: css({
    display: 'block',
    padding: 0,
    border: 0,
    background: 'none',
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
    fontSize: theme.typography.bodySmall.fontSize,
  }),
  figure: css({
    margin: theme.spacing(0, 0, 2),
    figcaption: { color: theme.colors.text.secondary, marginBottom: theme.spacing(0.5) },
    '&:last-child': { marginBottom: 0 },
  }),
  code: css({ padding: theme.spacing(1), margin: 0, overflow: 'auto', maxHeight: 480 }),
  line: css({ display: 'flex' }),
  lineNumber: css({
    flex: '0 0 48px',
    paddingRight: theme.spacing(2),
    textAlign: 'right',
    color: theme.colors.text.disabled,
    userSelect: 'none',
  }),
  doc: css({ padding: theme.spacing(1), margin: 0, whiteSpace: 'pre-wrap', overflow: 'auto', maxHeight: 360 }),
});
