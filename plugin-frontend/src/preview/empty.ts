/** Stands in the bundle for what dashboards never show: editors, telemetry, pseudo translations. */
export const loader = { config: () => undefined };
export const editor = {};
export const languages = {};
export default () => null;
