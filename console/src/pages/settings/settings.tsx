import { useQuery } from '@tanstack/react-query'
import { useMessages } from '../../app/context.tsx'
import { isAtLeast, useDesk } from '../../app/desk.tsx'
import { Answer } from '../../ui/answer.tsx'
import { Empty } from '../../ui/empty.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { Invitations } from './invitations.tsx'
import { Members } from './members.tsx'
import { OrganizationForm } from './organization-form.tsx'
import { MyPreferences } from './preferences.tsx'
import { Thresholds } from './thresholds.tsx'

/** The organization, its members and rules, and what the person prefers. */
export function SettingsPage() {
  const t = useMessages()
  const { queries, role } = useDesk()
  const organization = useQuery(queries.organizations.current())
  return (
    <Page title={t.settings.title}>
      <Section title={t.settings.organization}>
        <Answer of={organization}>
          {(current) =>
            current === null ? (
              <Empty icon="building-2" title={t.common.notFound} />
            ) : (
              <OrganizationForm organization={current} />
            )
          }
        </Answer>
      </Section>
      <Section about={t.settings.thresholdsAbout} title={t.settings.thresholds}>
        <Thresholds />
      </Section>
      <Section about={t.settings.membersAbout} title={t.settings.members}>
        <Members />
      </Section>
      {isAtLeast(role, 'admin') && (
        <Section title={t.settings.invitations}>
          <Invitations />
        </Section>
      )}
      <Section about={t.settings.preferencesAbout} title={t.settings.preferences}>
        <MyPreferences />
      </Section>
    </Page>
  )
}
