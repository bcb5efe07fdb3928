/** Why this user may not change anything, or nothing when they may. The backend checks it again. */
export function mayChange(user: { orgRole?: string; isGrafanaAdmin?: boolean }): string | undefined {
  const allowed = user.isGrafanaAdmin || user.orgRole === 'Editor' || user.orgRole === 'Admin';
  return allowed ? undefined : 'Changing something needs the role Editor or Admin; you may read everything.';
}
