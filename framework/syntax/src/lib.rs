//! The words of #[func] and what makes an argument, shared by the macro and the code scan.
