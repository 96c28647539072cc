//! The desk's addresses. Every page but the sign-in needs a signed-in person; who is not comes back to the page asked for.
import { createRouter, createWebHistory } from 'vue-router';
import { signedIn, restore, staff } from './login/login';

export const router = createRouter({
  history: createWebHistory('/'),
  routes: [
    { path: '/desk/login', name: 'login', component: () => import('./login/LoginPage.vue'), meta: { open: true } },
    {
      path: '/desk',
      component: () => import('./shell/DeskShell.vue'),
      children: [
        { path: '', name: 'today', component: () => import('./today/TodayPage.vue') },
        { path: 'calls', name: 'calls', component: () => import('./duty/CallsPage.vue') },
        { path: 'duty', name: 'duty', component: () => import('./duty/RosterPage.vue') },
        { path: 'incidents', name: 'incidents', component: () => import('./incident/IncidentPage.vue') },
        { path: 'cases', name: 'cases', component: () => import('./cases/CasesPage.vue') },
        { path: 'recordings/:id', name: 'recording', component: () => import('./recordings/PlaybackPage.vue'), props: true },
        { path: 'cases/:id', name: 'case', component: () => import('./casefile/CaseFilePage.vue'), props: true },
      ],
    },
    { path: '/desk/calls/:id', name: 'visit', component: () => import('./duty/VisitPage.vue'), props: true },
    { path: '/desk/sessions/:id', name: 'sitting', component: () => import('./sitting/SittingPage.vue'), props: true },
    { path: '/:rest(.*)*', redirect: '/desk' },
  ],
});

router.beforeEach(async (to) => {
  if (to.meta['open'] === true) return true;
  if (signedIn.value || (await restore())) return to.name === 'today' ? atHome(staff.value?.role) : true;
  return { name: 'login', query: to.fullPath === '/desk' ? {} : { to: to.fullPath } };
});

/** Where somebody's day begins: the ones who are called see who needs them, the incident desk its list. */
function atHome(role: string | undefined): true | string {
  if (role === 'lawyer' || role === 'counsellor' || role === 'liaison') return '/desk/calls';
  if (role === 'incident_desk') return '/desk/incidents';
  return role === 'admin' ? '/desk/duty' : true;
}
