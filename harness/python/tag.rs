//! The short name of an interpreter: `cp311`.

use std::fmt;

/// Which Python this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Implementation {
    /// `cp`
    CPython,
    /// `pp`
    PyPy,
}

/// Implementation, version and build flavour: `cp27`, `cp313`, `cp313t` (free-threaded), `cp312d`
/// (debug), `pp310`. What PEP 425 calls the python tag, and the ABI flags after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag {
    /// `cp` or `pp`.
    pub implementation: Implementation,
    /// 2 or 3.
    pub major: u8,
    /// 7 in 2.7.
    pub minor: u8,
    /// Built without the GIL (PEP 703): `t`.
    pub free_threaded: bool,
    /// Built with `Py_DEBUG`: `d`.
    pub debug: bool,
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let implementation = match self.implementation {
            Implementation::CPython => "cp",
            Implementation::PyPy => "pp",
        };
        write!(f, "{implementation}{}{}", self.major, self.minor)?;
        f.write_str(if self.free_threaded { "t" } else { "" })?;
        f.write_str(if self.debug { "d" } else { "" })
    }
}
