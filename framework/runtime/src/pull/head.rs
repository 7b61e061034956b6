//! Heads of messages, coming and going.

/// The header fields of a reply.
pub struct Fields<'h, 'b>(pub(super) &'h [httparse::Header<'b>]);

impl<'b> Fields<'_, 'b> {
    /// The value of a field that is text; names are compared without case.
    pub fn get(&self, name: &str) -> Option<&'b str> {
        let field = self.0.iter().find(|field| field.name.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(field.value).ok().map(str::trim)
    }
}

/// The head of a `POST` that is being written.
pub struct Post<'a> {
    head: &'a mut Vec<u8>,
    base: &'a str,
    has_path: bool,
}

impl<'a> Post<'a> {
    pub(super) fn new(head: &'a mut Vec<u8>, base: &'a str) -> Self {
        head.clear();
        Self { head, base, has_path: false }
    }

    /// The path below the API's base, in pieces. Comes first, and once.
    pub fn path(&mut self, pieces: &[&str]) {
        debug_assert!(!self.has_path, "a request has one path");
        self.has_path = true;
        for piece in ["POST ", self.base].iter().chain(pieces) {
            self.head.extend_from_slice(piece.as_bytes());
        }
        self.head.extend_from_slice(b" HTTP/1.1\r\n");
    }

    /// A header. A line break in a value, which would begin another header, becomes a space.
    pub fn header(&mut self, name: &str, value: &str) {
        debug_assert!(self.has_path, "the path comes before the headers");
        self.head.extend_from_slice(name.as_bytes());
        self.head.extend_from_slice(b": ");
        self.head.extend(value.bytes().map(|byte| if byte.is_ascii_control() { b' ' } else { byte }));
        self.head.extend_from_slice(b"\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_written_in_order_and_cannot_be_broken_out_of() {
        let mut head = b"from before".to_vec();
        let mut post = Post::new(&mut head, "/base");
        post.path(&["/invocation/", "7", "/error"]);
        post.header("Error-Type", "a\r\nB: c");
        assert_eq!(head, b"POST /base/invocation/7/error HTTP/1.1\r\nError-Type: a  B: c\r\n");
    }

    #[test]
    fn fields_are_found_without_case() {
        let fields = [httparse::Header { name: "LAMBDA-id", value: b" x " }];
        assert_eq!(Fields(&fields).get("Lambda-Id"), Some("x"));
        assert_eq!(Fields(&fields).get("other"), None);
    }
}
