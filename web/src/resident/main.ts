//! The resident's entry: /j/{token}.
import '@/shared/base.css';
import { createApp } from 'vue';
import App from './App.vue';
import { residentTexts } from './i18n';

void residentTexts().then((texts) => createApp(App).use(texts).mount('#app'));
