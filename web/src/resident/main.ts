//! The resident's entry: /j/{token}. Nothing about the visit is kept here; the server remembers.
import '@/shared/base.css';
import { createApp } from 'vue';
import App from './App.vue';
import { residentTexts } from './i18n';
import { recallMode } from './logic/mode';

recallMode();
void residentTexts().then((texts) => {
  createApp(App).use(texts).mount('#app');
  // Without them a refusal still says whom to call.
  void import('./i18n/refusals').catch(() => undefined);
});
