//! Somebody in a story: a browser of their own (cookies included) and, once they signed in, an access token.

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap};
use reqwest::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A person with a browser.
#[derive(Clone)]
pub struct Person {
    /// As the story calls them.
    pub name: String,
    base: String,
    token: Option<String>,
    holder: Option<String>,
    http: reqwest::Client,
}

impl Person {
    pub(crate) fn new(name: &str, base: &str) -> Self {
        let http = reqwest::Client::builder().cookie_store(true).no_proxy().build().expect("an HTTP client");
        Self { name: name.to_owned(), base: base.to_owned(), token: None, holder: None, http }
    }

    /// The same browser, now with this token.
    #[must_use]
    pub fn with_token(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    /// The same phone in the hands of somebody who sits beside: this seat.
    #[must_use]
    pub fn in_the_hands_of(&self, seat: &str) -> Self {
        Self { holder: Some(seat.to_owned()), ..self.clone() }
    }

    /// The access token, when signed in.
    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    /// GET under `/api/v1`.
    pub async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, None::<&()>, &[]).await
    }

    /// POST under `/api/v1`.
    pub async fn post_json(&self, path: &str, body: &impl Serialize) -> Reply {
        self.send(Method::POST, path, Some(body), &[]).await
    }

    /// POST with an `Idempotency-Key`.
    pub async fn post_once(&self, path: &str, key: &str, body: &impl Serialize) -> Reply {
        self.send(Method::POST, path, Some(body), &[("Idempotency-Key", key)]).await
    }

    /// Hands in a paper: POST of a form with a file to `path`.
    pub async fn hand_in(
        &self,
        path: &str,
        scope: &str,
        file_name: &str,
        bytes: impl Into<reqwest::Body>,
    ) -> Reply {
        self.hand_in_as(path, None, scope, file_name, bytes.into()).await
    }

    /// The same with an `Idempotency-Key`.
    pub async fn hand_in_once(&self, path: &str, key: &str, scope: &str, bytes: Vec<u8>) -> Reply {
        self.hand_in_as(path, Some(key), scope, "a.jpg", bytes.into()).await
    }

    async fn hand_in_as(
        &self,
        path: &str,
        key: Option<&str>,
        scope: &str,
        file_name: &str,
        bytes: reqwest::Body,
    ) -> Reply {
        let asked = format!("{} hands in {:.40}", self.name, file_name);
        let file = reqwest::multipart::Part::stream(bytes).file_name(file_name.to_owned());
        let form = reqwest::multipart::Form::new().text("scope", scope.to_owned()).part("file", file);
        let request = self.http.post(format!("{}/api/v1{path}", self.base)).multipart(form);
        let mut request = request.header(AUTHORIZATION, format!("Bearer {}", self.token()));
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        let response = request.send().await.unwrap_or_else(|error| panic!("{asked}: {error:?}"));
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.bytes().await.unwrap_or_else(|error| panic!("{asked}: {error}")).to_vec();
        Reply { asked, status, headers, bytes }
    }

    /// PUT under `/api/v1`.
    pub async fn put_json(&self, path: &str, body: &impl Serialize) -> Reply {
        self.send(Method::PUT, path, Some(body), &[]).await
    }

    /// DELETE under `/api/v1`.
    pub async fn delete(&self, path: &str) -> Reply {
        self.send(Method::DELETE, path, None::<&()>, &[]).await
    }

    /// Anything. A path that begins with `/api/v1` or lies outside the API (`/healthz`) is given with a leading `!`.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
        headers: &[(&str, &str)],
    ) -> Reply {
        let url = match path.strip_prefix('!') {
            Some(path) => format!("{}{path}", self.base),
            None => format!("{}/api/v1{path}", self.base),
        };
        let asked = format!("{} {method} {path}", self.name);
        let mut request = self.http.request(method, url);
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some(holder) = &self.holder {
            request = request.header("X-OneDoor-Seat", holder);
        }
        if let Some(body) = body {
            request = request
                .header(CONTENT_TYPE, "application/json")
                .body(serde_json::to_vec(body).expect("a body"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap_or_else(|error| panic!("{asked}: {error}"));
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.bytes().await.unwrap_or_else(|error| panic!("{asked}: {error}")).to_vec();
        Reply { asked, status, headers, bytes }
    }
}

/// What the server answered.
#[derive(Debug)]
pub struct Reply {
    asked: String,
    /// The HTTP status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub bytes: Vec<u8>,
}

impl Reply {
    /// It must be a success; gives the body as JSON (`null` for an empty one).
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert!(self.status.is_success(), "{}: {} {}", self.asked, self.status, self.text());
        if self.bytes.is_empty() { Value::Null } else { self.json() }
    }

    /// It must be a success with this body.
    #[track_caller]
    pub fn read<T: DeserializeOwned>(&self) -> T {
        serde_json::from_value(self.ok())
            .unwrap_or_else(|error| panic!("{}: {error}: {}", self.asked, self.text()))
    }

    /// It must be a problem+json with this code; gives the whole problem.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) -> Value {
        let said = format!("{}: {} {}", self.asked, self.status, self.text());
        assert_eq!(self.status.as_u16(), status, "{said}");
        assert_eq!(self.headers[CONTENT_TYPE], "application/problem+json", "{said}");
        let problem = self.json();
        assert_eq!(problem["code"], code, "{said}");
        problem
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|error| panic!("{}: {error}: {}", self.asked, self.text()))
    }
}
