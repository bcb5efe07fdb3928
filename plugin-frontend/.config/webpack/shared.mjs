import path from 'node:path';
import { fileURLToPath } from 'node:url';
import MinimizerPlugin from 'minimizer-webpack-plugin';
import webpack from 'webpack';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const src = path.join(root, 'src');

const swc = {
  loader: 'swc-loader',
  options: {
    jsc: {
      target: 'es2021',
      parser: { syntax: 'typescript', tsx: true },
      // Classic, so that no copy of react/jsx-runtime is bundled: it would tie the plugin to one React version.
      transform: { react: { runtime: 'classic' } },
    },
  },
};

/** What both bundles share; types are checked by `npm run typecheck`, not here. */
export const shared = {
  mode: 'production',
  context: src,
  target: ['web', 'es2021'],
  performance: { hints: false },
  resolve: { extensions: ['.tsx', '.ts', '.mjs', '.js'] },
  module: {
    rules: [
      { test: /\.tsx?$/, exclude: /node_modules/, use: swc },
      { test: /\.m?js$/, include: /node_modules/, resolve: { fullySpecified: false } },
    ],
  },
  plugins: [new webpack.ProvidePlugin({ React: 'react' })],
  stats: { preset: 'errors-warnings', assets: true, modules: false },
};

/** swc both compiles and minifies: one native tool, and the build stays short on two cores. */
export const minimizer = new MinimizerPlugin({
  minify: MinimizerPlugin.swcMinify,
  parallel: false,
  extractComments: false,
});
