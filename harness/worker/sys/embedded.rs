//! `reload-worker`: CPython inside a Rust process.
//!
//! The binary has no libpython of its own. The supervisor starts it with the chosen one preloaded,
//! and its unresolved symbols bind to that; with the stable ABI, one build hosts every CPython from
//! 3.9 on. It then is that Python's own `main` (`Py_BytesMain`), so prefix, flags, signal
//! dispositions and `__main__` are what `python` would have: the first argument is the program
//! name from which `Modules/getpath.py` finds the prefix.

// Without Rust's runtime: it would swallow the first SIGSEGV and ignore SIGPIPE before Python starts.
#![no_main]
#![allow(unsafe_code)]

mod allocations;

use std::ffi::{CStr, c_char, c_int};

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

/// What only a host can tell: `_harness`, a built-in module of this process.
#[pymodule]
mod _harness {
    use super::{CStr, PyResult, PyRuntimeError, allocations, loaded_from, pyfunction};

    /// The file that libpython was loaded from.
    #[pyfunction]
    fn libpython() -> Option<String> {
        loaded_from().map(|name: &CStr| name.to_string_lossy().into_owned())
    }

    /// From now on counts allocations, and lets the one of this number fail, from 1 on; 0 for none.
    #[pyfunction]
    fn arm(number: u64) -> PyResult<()> {
        let lacks = || PyRuntimeError::new_err("this Python has no hooks for its allocators");
        allocations::arm(number).then_some(()).ok_or_else(lacks)
    }

    /// How many allocations there were since then; none fails from now on.
    #[pyfunction]
    fn disarm() -> u64 {
        allocations::disarm()
    }
}

/// Asks the dynamic linker which file `Py_BytesMain` came from.
fn loaded_from() -> Option<&'static CStr> {
    let mut info = libc::Dl_info {
        dli_fname: std::ptr::null(),
        dli_fbase: std::ptr::null_mut(),
        dli_sname: std::ptr::null(),
        dli_saddr: std::ptr::null_mut(),
    };
    // SAFETY: the address is that of a function, and `info` is valid for the call to fill.
    let found = unsafe { libc::dladdr(pyo3::ffi::Py_BytesMain as *const libc::c_void, &raw mut info) };
    // SAFETY: dladdr succeeded, so the name is a string of the linker's that lives as long as
    // libpython is loaded, which is as long as this process.
    (found != 0).then(|| unsafe { CStr::from_ptr(info.dli_fname) })
}

/// The C entry point: arguments as for `python`.
///
/// # Safety
/// Called once, by the C runtime, with its own `argc` and `argv`.
#[unsafe(no_mangle)]
unsafe extern "C" fn main(count: c_int, arguments: *mut *mut c_char) -> c_int {
    // SAFETY: no other thread exists yet that could read the environment. A scenario's own children
    // must not be given a libpython.
    unsafe { libc::unsetenv(c"LD_PRELOAD".as_ptr()) };
    pyo3::append_to_inittab!(_harness);
    // SAFETY: `count` and `arguments` are what the C runtime gave, and the interpreter is not initialised.
    unsafe { pyo3::ffi::Py_BytesMain(count, arguments) }
}
