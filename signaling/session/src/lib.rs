//! A sitting, pure: Session::apply(now, command) gives effects or a refusal.
