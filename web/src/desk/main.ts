//! The desk: staff sign in, see their day, open case files and hold sittings.
import { createApp } from 'vue';
import 'element-plus/theme-chalk/base.css';
import '@/shared/base.css';
import './theme.css';
import App from './App.vue';
import { onSignedOut } from './calls';
import { deskTexts } from './i18n';
import { router } from './router';

async function start(): Promise<void> {
  document.documentElement.dataset['page'] = 'desk';
  document.body.classList.add('desk');
  onSignedOut(() => void router.push({ name: 'login', query: { to: router.currentRoute.value.fullPath } }));
  createApp(App).use(await deskTexts()).use(router).mount('#app');
}

void start();
