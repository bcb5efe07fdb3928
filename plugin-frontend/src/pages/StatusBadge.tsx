import { Badge, type BadgeColor } from '@grafana/ui';
import { words } from './format';

const COLORS: Record<string, BadgeColor> = {
  open: 'blue',
  queued: 'orange',
  waiting: 'orange',
  applied: 'purple',
  planned: 'blue',
  applying: 'purple',
  watching: 'purple',
  preparing: 'purple',
  checking: 'purple',
  benching: 'purple',
  branched: 'green',
  proposed: 'green',
  kept: 'green',
  confirmed: 'green',
  low: 'green',
  healthy: 'green',
  rolled_back: 'orange',
  reverted: 'orange',
  inconclusive: 'orange',
  medium: 'orange',
  stuck: 'red',
  refuted: 'red',
  error: 'red',
  refused: 'red',
  failed: 'red',
  in_trouble: 'red',
  high: 'red',
};

export function StatusBadge({ status, prefix = '' }: { status: string; prefix?: string }) {
  return <Badge text={prefix + words(status)} color={COLORS[status] ?? 'blue'} />;
}
