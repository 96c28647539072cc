//! A far-end participant built on the webrtc crate: bots, load client and interop tests.
