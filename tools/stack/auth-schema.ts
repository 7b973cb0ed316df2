import { type AuthService, loadLite } from './lite.ts'

/** Creates the tables of the auth service in an empty database. `adminUrl` names the database, as the superuser. */
export async function installAuthSchema(adminUrl: string): Promise<void> {
  const service: AuthService = await loadLite().then((lite) => lite({ databaseUrl: adminUrl }))
  try {
    await service.ensureSystemSchema()
  } finally {
    await service.close()
  }
}
