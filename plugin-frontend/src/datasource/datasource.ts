import type {
  DataSourceInstanceSettings,
  LegacyMetricFindQueryOptions,
  MetricFindValue,
  ScopedVars,
  SelectableValue,
} from '@grafana/data';
import { DataSourceWithBackend, getTemplateSrv } from '@grafana/runtime';
import type { SuggestionList, VariableOption } from '../api/types';
import { interpolateQuery, isAsked, named } from './interpolate';
import { type NamesField, told } from './queryForms';
import { type RuntimeQuery, type RuntimeSettings, type VariableQuery, variableOf } from './types';

const MARKS = { refId: 'Changes', type: 'annotations' as const, service: '', primitive: '' };

/** Queries, health and resources go to the plugin's backend; here are only variables and what editors need. */
export class RuntimeDataSource extends DataSourceWithBackend<RuntimeQuery, RuntimeSettings> {
  constructor(settings: DataSourceInstanceSettings<RuntimeSettings>) {
    super(settings);
    this.annotations = { getDefaultQuery: () => MARKS };
  }

  override getDefaultQuery(): Partial<RuntimeQuery> {
    return { type: 'primitives', service: '', primitive: '' };
  }

  override getQueryDisplayText(query: RuntimeQuery): string {
    return told(query);
  }

  override filterQuery(query: RuntimeQuery): boolean {
    return isAsked(query);
  }

  override applyTemplateVariables(query: RuntimeQuery, scopedVars: ScopedVars): RuntimeQuery {
    return interpolateQuery(query, (text, format) => getTemplateSrv().replace(text, scopedVars, format));
  }

  override interpolateVariablesInQueries(queries: RuntimeQuery[], scopedVars: ScopedVars): RuntimeQuery[] {
    return queries.map((query) => this.applyTemplateVariables(query, scopedVars));
  }

  override async metricFindQuery(
    query: VariableQuery,
    options?: LegacyMetricFindQueryOptions,
  ): Promise<MetricFindValue[]> {
    const { query: name, service } = variableOf(query);
    return this.variable(name, service, options?.scopedVars);
  }

  /** What completes a field of a query. */
  async names(field: NamesField, service: string): Promise<Array<SelectableValue<string>>> {
    if (field !== 'suggestion') {
      const found = await this.variable(`${field}s`, service);
      return found.map(({ text, value }) => ({ label: text, value }));
    }
    const { suggestions } = await this.getResource<SuggestionList>('suggestions');
    return suggestions.map(({ id, title, status }) => ({ value: id, label: title, description: status }));
  }

  private variable(name: string, service: string, scopedVars?: ScopedVars): Promise<VariableOption[]> {
    const of = service && named(getTemplateSrv().replace(service, scopedVars, 'pipe'));
    return this.getResource(`api/variables/${encodeURIComponent(name)}`, of ? { service: of } : undefined);
  }
}
