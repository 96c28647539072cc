//! What people sign: agreements typeset by Typst, page images, PAdES seal and its verification.
