//! The binary onedoor: HTTP API, live hub, jobs, configuration.
