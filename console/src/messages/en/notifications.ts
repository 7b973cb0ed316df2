/** The inbox of the person. */
export const notifications = {
  title: 'Notifications',
  about: 'What happened that concerns you. What you are told of is chosen in the settings.',
  unread: 'Unread',
  all: 'All',
  none: 'Nothing is unread.',
  noneAtAll: 'Nothing has happened yet.',
  markAll: 'Mark all as read',
  markedAll: (count: string) => `${count} marked as read.`,
  mark: 'Mark as read',
  open: 'Open',
}
