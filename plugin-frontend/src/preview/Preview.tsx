import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Alert, Card, EmptyState, LoadingPlaceholder, useStyles2 } from '@grafana/ui';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { Configuration } from '../config/ConfigPage';
import { type Address, changed } from '../pages/address';
import { Page as PluginPage } from '../pages/Page';
import { type PageName, TITLES } from '../pages/routes';
import { useLoad } from '../pages/useLoad';
import { previewApi } from './api';
import { throughPreview } from './connection';
import type { Dashboard } from './model/dashboard';
import { hashOf, parseHash, type PluginRoute, type Route } from './model/location';
import { Boundary } from './ui/Boundary';
import { DashboardView, useTitle } from './ui/DashboardView';
import { Toasts, useToasts } from './ui/Toasts';
import { TopBar } from './ui/TopBar';

const SELDOM_SECONDS = 3600;
const CONFIGURATION = 'Configuration';
const LISTED = ['suggestions', 'ledger', 'health'] as const;

export function Preview() {
  const route = useRoute();
  const { toasts, toast, drop } = useToasts();
  return (
    <>
      <Boundary
        attempt={route}
        fallback={(error) => <Alert title="The preview failed: reload the page, or go back">{error}</Alert>}
      >
        <Page route={route} toast={toast} />
      </Boundary>
      <Toasts toasts={toasts} drop={drop} />
    </>
  );
}

function Page({ route, toast }: { route: Route; toast: Toast }) {
  switch (route.page) {
    case 'dashboard':
      return <DashboardPage key={route.uid} uid={route.uid} params={route.params} toast={toast} />;
    case 'plugin':
      return <Plugin route={route} toast={toast} />;
    case 'configuration':
      return (
        <Plain crumbs={[HOME, { text: CONFIGURATION }]}>
          <Configuration meta={{}} connection={throughPreview} />
        </Plain>
      );
    case 'home':
      return <Home />;
  }
}

type Toast = ReturnType<typeof useToasts>['toast'];

/** A page of the app, which here has all rights. */
function Plugin({ route: { name, path, params }, toast }: { route: PluginRoute; toast: Toast }) {
  const address = useMemo<Address>(
    () => ({ params, set: (changes) => window.location.replace(hashOf(path, changed(params, changes))) }),
    [path, params],
  );
  return (
    <Plain crumbs={crumbsOf(name)}>
      <PluginPage page={name} api={previewApi} address={address} base="#" onMoved={(done) => toast('success', done)} />
    </Plain>
  );
}

function crumbsOf({ name }: PageName) {
  const list = { text: TITLES.suggestions, href: '#/suggestions' };
  return name === 'suggestion' ? [HOME, list, { text: TITLES[name] }] : [HOME, { text: TITLES[name] }];
}

const HOME = { text: 'Dashboards', href: '#/' };

function Plain({ crumbs, children }: { crumbs: Array<{ text: string; href?: string }>; children: React.ReactNode }) {
  const styles = useStyles2(getStyles);
  useTitle(crumbs.at(-1)?.text ?? '');
  return (
    <>
      <TopBar crumbs={crumbs} />
      <main className={styles.page}>{children}</main>
    </>
  );
}

interface DashboardPageProps {
  uid: string;
  params: URLSearchParams;
  toast: Toast;
}

function DashboardPage({ uid, params, toast }: DashboardPageProps) {
  const load = useCallback(() => previewApi.get<Dashboard>(`/preview/dashboards/${encodeURIComponent(uid)}`), [uid]);
  const { data, error } = useLoad(load, SELDOM_SECONDS);
  useTitle(data?.title ?? uid);
  if (data) {
    return <DashboardView api={previewApi} dashboard={data} params={params} tell={toast} />;
  }
  return (
    <Plain crumbs={[HOME, { text: uid }]}>
      {error ? (
        <Alert title="The dashboard could not be read">{error}</Alert>
      ) : (
        <LoadingPlaceholder text="Loading the dashboard" />
      )}
    </Plain>
  );
}

interface Item {
  uid: string;
  title: string;
}

function Home() {
  const load = useCallback(() => previewApi.get<Item[]>('/preview/dashboards'), []);
  const { data, error, loading } = useLoad(load, SELDOM_SECONDS);
  return (
    <Plain crumbs={[{ text: 'Dashboards' }]}>
      {loading && <LoadingPlaceholder text="Loading the dashboards" />}
      {error && <Alert title="The dashboards could not be read">{error}</Alert>}
      {data?.length === 0 && <EmptyState variant="not-found" message="No dashboards: run `make dashboards`" />}
      {data?.map(({ uid, title }) => (
        <Card key={uid} href={`#/d/${uid}`}>
          <Card.Heading>{title}</Card.Heading>
        </Card>
      ))}
      {data &&
        LISTED.map((name) => (
          <Card key={name} href={`#/${name}`}>
            <Card.Heading>{TITLES[name]}</Card.Heading>
          </Card>
        ))}
      {data && (
        <Card href="#/configuration">
          <Card.Heading>{CONFIGURATION}</Card.Heading>
        </Card>
      )}
    </Plain>
  );
}

function useRoute(): Route {
  const [hash, setHash] = useState(window.location.hash);
  useEffect(() => {
    const read = () => setHash(window.location.hash);
    window.addEventListener('hashchange', read);
    return () => window.removeEventListener('hashchange', read);
  }, []);
  return useMemo(() => parseHash(hash), [hash]);
}

const getStyles = (theme: GrafanaTheme2) => ({
  page: css({ padding: theme.spacing(1, 2, 4), maxWidth: 1600, margin: '0 auto' }),
});
