//! The dev server's twin of the real server's page routes: /j/{token} and /check are resident.html, /desk/… is desk.html.

/** @returns {import('vite').Plugin} */
export function pageRoutes() {
  /** @type {import('vite').Connect.NextHandleFunction} */
  const rewrite = (request, _response, next) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    if (/^\/(?:j\/[^/.]+|check)\/?$/.test(path)) request.url = '/resident.html';
    else if (/^\/desk(?:\/[^.]*)?$/.test(path)) request.url = '/desk.html';
    next();
  };
  return {
    name: 'onedoor-page-routes',
    configureServer: (server) => void server.middlewares.use(rewrite),
    configurePreviewServer: (server) => void server.middlewares.use(rewrite),
  };
}
