const CIRCLE = 'M12 3a9 9 0 1 0 .01 0';
const CROSS = 'M6 6l12 12M18 6L6 18';
const SYNC = ['M20 11a8 8 0 0 0-14.5-3.5L3 10', 'M3 5v5h5', 'M4 13a8 8 0 0 0 14.5 3.5L21 14', 'M21 19v-5h-5'];
const LENS = ['M11 4a7 7 0 1 0 .01 0', 'M16 16l5 5'];
const BOX = 'M5 4h14a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1z';

/** Paths on a 24 by 24 grid, stroked; the names are Grafana's. */
export const ICONS: Record<string, string[]> = {
  'angle-down': ['M6 9l6 6 6-6'],
  'angle-up': ['M6 15l6-6 6 6'],
  'angle-left': ['M15 6l-6 6 6 6'],
  'angle-right': ['M9 6l6 6-6 6'],
  'angle-double-left': ['M12 6l-6 6 6 6', 'M18 6l-6 6 6 6'],
  'angle-double-right': ['M6 6l6 6-6 6', 'M12 6l6 6-6 6'],
  'arrow-down': ['M12 4v16', 'M6 14l6 6 6-6'],
  'arrow-up': ['M12 20V4', 'M6 10l6-6 6 6'],
  'arrow-left': ['M20 12H4', 'M10 6l-6 6 6 6'],
  'arrow-right': ['M4 12h16', 'M14 6l6 6-6 6'],
  apps: ['M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h6v6h-6z'],
  bell: ['M6 16V11a6 6 0 0 1 12 0v5l2 2H4z', 'M10 21h4'],
  'calendar-alt': [BOX, 'M4 9h16', 'M8 2v4M16 2v4'],
  check: ['M4 12l5 5L20 7'],
  'check-circle': [CIRCLE, 'M8 12l3 3 5-6'],
  'circle-mono': ['M12 8a4 4 0 1 0 .01 0'],
  'clock-nine': [CIRCLE, 'M12 7v5H8'],
  copy: ['M9 9h11v11H9z', 'M5 15H4V4h11v1'],
  dashboard: ['M4 4h7v9H4zM13 4h7v5h-7zM13 11h7v9h-7zM4 15h7v5H4z'],
  'download-alt': ['M12 4v11', 'M7 11l5 5 5-5', 'M4 20h16'],
  'ellipsis-v': ['M12 5h.01M12 12h.01M12 19h.01'],
  'exclamation-circle': [CIRCLE, 'M12 8v5M12 16h.01'],
  'exclamation-triangle': ['M12 4L2.5 20h19z', 'M12 10v4M12 17h.01'],
  'external-link-alt': ['M14 4h6v6', 'M20 4l-9 9', 'M18 14v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h5'],
  eye: ['M2 12s4-7 10-7 10 7 10 7-4 7-10 7-10-7-10-7z', 'M12 9a3 3 0 1 0 .01 0'],
  filter: ['M3 5h18l-7 8v6l-4 2v-8z'],
  'info-circle': [CIRCLE, 'M12 11v5M12 8h.01'],
  link: ['M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1', 'M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1'],
  minus: ['M5 12h14'],
  plus: ['M12 5v14M5 12h14'],
  'question-circle': [CIRCLE, 'M9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.4-1 .9-1 1.7M12 16.5h.01'],
  search: LENS,
  'search-minus': [...LENS, 'M8 11h6'],
  'search-plus': [...LENS, 'M8 11h6M11 8v6'],
  spinner: ['M12 3a9 9 0 1 1-8.5 6'],
  sync: SYNC,
  'sync-slash': SYNC,
  times: [CROSS],
  'times-circle': [CIRCLE, 'M9 9l6 6M15 9l-6 6'],
  'trash-alt': ['M4 7h16', 'M9 7V4h6v3', 'M6 7l1 13h10l1-13', 'M10 11v5M14 11v5'],
};
