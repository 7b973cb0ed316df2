import { Navigate } from '@tanstack/react-router'
import { useState } from 'react'
import { rememberInvitation } from './invitation.ts'

/**
 * Where a link of an invitation leads. The code stands behind the "#", which browsers never send; the next address takes the place of this one, so
 * it does not stay in the history either.
 */
export function JoinPage() {
  useState(() => rememberInvitation(location.hash.slice(1)))
  return <Navigate replace to="/welcome" />
}
