import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Alert, Card, EmptyState, LoadingPlaceholder, useStyles2 } from '@grafana/ui';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { SuggestionList } from '../pages/SuggestionList';
import { SuggestionPage } from '../pages/SuggestionPage';
import { useLoad } from '../pages/useLoad';
import { previewApi } from './api';
import type { Dashboard } from './model/dashboard';
import { parseHash, type Route } from './model/location';
import { Boundary } from './ui/Boundary';
import { DashboardView, useTitle } from './ui/DashboardView';
import { Toasts, useToasts } from './ui/Toasts';
import { TopBar } from './ui/TopBar';

const SELDOM_SECONDS = 3600;
const suggestionHref = (id: string) => `#/suggestions/${encodeURIComponent(id)}`;

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

function Page({ route, toast }: { route: Route; toast: ReturnType<typeof useToasts>['toast'] }) {
  switch (route.page) {
    case 'dashboard':
      return <DashboardPage key={route.uid} uid={route.uid} params={route.params} toast={toast} />;
    case 'suggestion':
      return (
        <Plain crumbs={[HOME, { text: 'Suggestions', href: '#/suggestions' }, { text: 'Suggestion' }]}>
          <SuggestionPage key={route.id} api={previewApi} id={route.id} onMoved={(done) => toast('success', done)} />
        </Plain>
      );
    case 'suggestions':
      return (
        <Plain crumbs={[HOME, { text: 'Suggestions' }]}>
          <SuggestionList api={previewApi} href={suggestionHref} />
        </Plain>
      );
    case 'home':
      return <Home />;
  }
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
  toast: ReturnType<typeof useToasts>['toast'];
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
      {data && (
        <Card href="#/suggestions">
          <Card.Heading>Suggestions</Card.Heading>
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
