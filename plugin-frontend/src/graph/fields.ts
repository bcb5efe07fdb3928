import {
  applyFieldOverrides,
  cacheFieldDisplayNames,
  type DataFrame,
  type Field,
  type FieldConfig,
  type FieldConfigSource,
  fieldMatchers,
  type GrafanaTheme2,
  type InterpolateFunction,
} from '@grafana/data';

interface Options {
  frames: DataFrame[];
  fieldConfig: Partial<FieldConfigSource> | undefined;
  replace: InterpolateFunction;
  theme: GrafanaTheme2;
  timeZone: string;
}

/**
 * Gives each field its configuration, units, colours and display.
 *
 * Grafana knows which properties exist from its editor's registry, which is not published; here whatever the JSON
 * sets is set, and @grafana/data does the rest.
 */
export function configure({ frames, fieldConfig, replace, theme, timeZone }: Options): DataFrame[] {
  const data = frames.map((frame) => ({
    ...frame,
    fields: frame.fields.map((field) => ({ ...field, config: configOf(field, frame, frames, fieldConfig) })),
  }));
  const none = { defaults: {}, overrides: [] };
  const configured = applyFieldOverrides({ data, fieldConfig: none, replaceVariables: replace, theme, timeZone });
  // Headings, legends and the colours that go by name all take the name from here.
  cacheFieldDisplayNames(configured);
  return configured;
}

function configOf(
  field: Field,
  frame: DataFrame,
  frames: DataFrame[],
  source: Partial<FieldConfigSource> | undefined,
): FieldConfig {
  let config = mergeConfig(source?.defaults ?? {}, field.config);
  for (const { matcher, properties } of source?.overrides ?? []) {
    const matches = fieldMatchers.getIfExists(matcher.id)?.get(matcher.options);
    if (matches?.(field, frame, frames)) {
      config = properties.reduce((result, { id, value }) => withProperty(result, id, value), config);
    }
  }
  return config;
}

/** The field's own configuration wins over the panel's defaults. */
export function mergeConfig(defaults: FieldConfig, own: FieldConfig): FieldConfig {
  const set = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined && value !== null));
  return { ...defaults, ...set, custom: { ...defaults.custom, ...own.custom } };
}

/** A copy with the property at a dotted path set, as overrides name them: `unit`, `custom.width`. */
export function withProperty(config: FieldConfig, path: string, value: unknown): FieldConfig {
  const [head = '', ...rest] = path.split('.');
  const record = config as Record<string, unknown>;
  const inner = rest.length > 0 ? withProperty((record[head] ?? {}) as FieldConfig, rest.join('.'), value) : value;
  return { ...config, [head]: inner };
}
