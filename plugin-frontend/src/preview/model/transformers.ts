import { standardTransformers, standardTransformersRegistry, type TransformerRegistryItem } from '@grafana/data';

/** The transformations of @grafana/data, by the names that dashboards give them; Grafana adds editors, which we need not. */
export function registerTransformers(): void {
  standardTransformersRegistry.setInit(() =>
    [...byId().values()].map((one): TransformerRegistryItem => ({
      id: one.id,
      name: one.name,
      transformation: one,
      editor: () => null,
      imageDark: '',
      imageLight: '',
    })),
  );
}

/** Some stand twice under one id, and the registry takes each id once. */
function byId() {
  return new Map(Object.values(standardTransformers).map((one) => [one.id, one]));
}
