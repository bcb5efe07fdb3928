import type { ScopedVars } from '@grafana/data';
import { interpolate } from '../preview/model/interpolate';

/** A fake of Grafana's template service: the preview's own interpolation, whose "all" is `.*`. */
export class FakeTemplates {
  constructor(private readonly chosen: Record<string, string[]>) {}

  replace(text = '', scoped: ScopedVars = {}, format?: string | ((value: unknown) => string)): string {
    const choice = (selected: string[]) => ({ selected, options: [], allValue: '.*' });
    const variables = Object.fromEntries(Object.entries(this.chosen).map(([name, one]) => [name, choice(one)]));
    const scope = { variables, from: 'now-1h', to: 'now' };
    return interpolate(text, scope, scoped, typeof format === 'string' ? format : undefined);
  }

  getVariables() {
    return [];
  }

  containsTemplate(text = ''): boolean {
    return this.replace(text) !== text;
  }

  updateTimeRange(): void {}
}
