/** Which icons the sprite holds. A new icon is added here and to ICONS in core/templatetags/ui.py's test. */

export const OUTLINE_ICONS = [
  "alert-triangle", "arrow-back-up", "arrow-left", "arrow-right", "award", "bell", "book", "building", "building-community",
  "calendar-event", "camera", "chart-bar", "chart-treemap", "check", "checklist", "chevron-down", "chevron-left",
  "chevron-right", "chevron-up", "circle-check", "clock", "cloud-upload", "copy", "device-mobile", "dots", "download",
  "external-link", "eye", "file-spreadsheet", "file-text", "file-type-pdf", "filter", "flag", "git-branch", "git-merge",
  "help", "history", "home", "id-badge", "info-circle", "key", "language", "link", "list", "list-check", "lock", "lock-open",
  "logout", "mail", "map", "map-pin", "menu-2", "message", "minus", "paperclip", "pencil", "phone", "player-play",
  "player-stop", "plus", "printer", "qrcode", "refresh", "report", "search", "send", "settings", "shield-check", "sitemap",
  "speakerphone", "switch-horizontal", "text-size", "trash", "upload", "user", "user-circle", "users", "users-group",
  "video", "volume", "wifi", "wifi-off", "x",
];

/** 16×16 shapes. A state is told by its shape even without colour; evidence by the fill of one square. */
export const SHAPES = {
  "state-done": '<circle cx="8" cy="8" r="7" fill="currentColor"/><path d="m4.8 8.2 2.2 2.2 4.2-4.6" fill="none" stroke="#fff" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/>',
  "state-doing": '<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="2"/><path d="M8 2a6 6 0 0 0 0 12z" fill="currentColor"/>',
  "state-not_due": '<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="2"/>',
  "state-due_soon": '<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="2"/><path d="M8 8V2a6 6 0 0 1 6 6z" fill="currentColor"/>',
  "state-overdue": '<path d="M8 1.2 15.4 14.4H.6z" fill="currentColor"/><path d="M8 5.6v4.2" stroke="#fff" stroke-width="1.7" stroke-linecap="round"/><circle cx="8" cy="12.1" r="1" fill="#fff"/>',
  "state-missing": '<path d="m3 3 10 10M13 3 3 13" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round"/>',
  "state-exempt": '<path d="M2.5 8h11" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round"/>',
  "evidence-on_site": '<rect x="2" y="2" width="12" height="12" fill="currentColor" stroke="currentColor" stroke-width="1.5"/>',
  "evidence-entered_later": '<rect x="2" y="2" width="12" height="12" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M2 2h6v12H2z" fill="currentColor"/>',
  "evidence-documented": '<rect x="2" y="2" width="12" height="12" fill="none" stroke="currentColor" stroke-width="1.5"/>',
  "evidence-declared": '<rect x="2" y="2" width="12" height="12" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="2.4 2"/>',
};
