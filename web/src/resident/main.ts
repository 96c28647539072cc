//! The resident's entry: /j/{token}, and /check, the connection test. Nothing about the visit is kept here; the server remembers.
import '@/shared/base.css';
import { createApp } from 'vue';
import App from './App.vue';
import { residentTexts } from './i18n';
import { recallMode } from './logic/mode';

recallMode();
const page = location.pathname.startsWith('/check') ? import('./check/CheckPage.vue').then((loaded) => loaded.default) : App;
void Promise.all([residentTexts(), page]).then(([texts, root]) => {
  createApp(root).use(texts).mount('#app');
  // Without them a refusal still says whom to call.
  void import('./i18n/refusals').catch(() => undefined);
});
