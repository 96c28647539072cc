//! The desk's addresses. Every page but the sign-in needs a signed-in person; who is not comes back to the page asked for.
import { createRouter, createWebHistory } from 'vue-router';
import { signedIn, restore } from './login/login';

export const router = createRouter({
  history: createWebHistory('/'),
  routes: [
    { path: '/desk/login', name: 'login', component: () => import('./login/LoginPage.vue'), meta: { open: true } },
    {
      path: '/desk',
      component: () => import('./shell/DeskShell.vue'),
      children: [
        { path: '', name: 'today', component: () => import('./today/TodayPage.vue') },
        { path: 'cases', name: 'cases', component: () => import('./cases/CasesPage.vue') },
        { path: 'recordings/:id', name: 'recording', component: () => import('./recordings/PlaybackPage.vue'), props: true },
        { path: 'cases/:id', name: 'case', component: () => import('./casefile/CaseFilePage.vue'), props: true },
      ],
    },
    { path: '/desk/sessions/:id', name: 'sitting', component: () => import('./sitting/SittingPage.vue'), props: true },
    { path: '/:rest(.*)*', redirect: '/desk' },
  ],
});

router.beforeEach(async (to) => {
  if (to.meta['open'] === true) return true;
  if (signedIn.value || (await restore())) return true;
  return { name: 'login', query: to.fullPath === '/desk' ? {} : { to: to.fullPath } };
});
