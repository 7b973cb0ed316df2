/** The one query of this little application. */
export const readNotes = (client: { from(table: string): { select(columns: string): unknown } }): unknown =>
  client.from('notes').select('id, body, priority')
