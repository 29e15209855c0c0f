//! Decides how an interpreter is hosted.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use super::facts::Facts;
use super::{Host, Implementation, Tag};

/// What this program is, and so what it can load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Machine {
    /// Embedding rests on `LD_PRELOAD`.
    linux: bool,
    /// A static executable loads nothing.
    dynamic: bool,
    musl: bool,
    elf: Option<Elf>,
}

impl Machine {
    /// The one this process runs on.
    pub(super) fn of_process() -> Self {
        Machine {
            linux: cfg!(target_os = "linux"),
            dynamic: !cfg!(target_feature = "crt-static"),
            musl: cfg!(target_env = "musl"),
            elf: Elf::read(Path::new("/proc/self/exe")),
        }
    }
}

/// What must be equal for one ELF file to load another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Elf {
    /// `EI_CLASS` and `EI_DATA`: 32 or 64 bits, byte order.
    kind: [u8; 2],
    /// `e_machine`.
    machine: [u8; 2],
}

impl Elf {
    /// The header of a shared library or position-independent executable; none for anything else,
    /// a linker script included.
    fn read(path: &Path) -> Option<Self> {
        let mut header = [0; 20];
        File::open(path).ok()?.read_exact(&mut header).ok()?;
        let [0x7f, b'E', b'L', b'F', class, data, ..] = header else { return None };
        let object = match data {
            1 => u16::from_le_bytes([header[16], header[17]]),
            _ => u16::from_be_bytes([header[16], header[17]]),
        };
        (object == libc::ET_DYN).then_some(Elf { kind: [class, data], machine: [header[18], header[19]] })
    }
}

/// How the interpreter with these facts is hosted by a program on this machine.
pub(super) fn host(facts: &Facts, tag: Tag, machine: Machine) -> Host {
    match embeddable(facts, tag, machine) {
        Ok(libpython) => Host::Embedded { libpython },
        Err(reason) => Host::Spawned { reason },
    }
}

fn embeddable(facts: &Facts, tag: Tag, machine: Machine) -> Result<PathBuf, String> {
    let obstacle = if tag.implementation != Implementation::CPython {
        Some("not CPython".to_owned())
    } else if (tag.major, tag.minor) < (3, 9) {
        let (major, minor) = (tag.major, tag.minor);
        Some(format!("CPython {major}.{minor} is older than the stable ABI that PyO3 needs (3.9)"))
    } else if tag.free_threaded {
        Some("free-threaded builds have no stable ABI".to_owned())
    } else if facts.traced {
        Some("builds with Py_TRACE_REFS have no stable ABI".to_owned())
    } else if !machine.linux {
        Some("embedding needs Linux".to_owned())
    } else if !machine.dynamic {
        Some("this program is linked statically and can load no libpython".to_owned())
    } else if facts.multiarch.as_ref().is_some_and(|name| name.ends_with("musl") != machine.musl) {
        Some("its C library is not the one of this program".to_owned())
    } else {
        None
    };
    match obstacle {
        Some(reason) => Err(reason),
        None => library(facts, machine),
    }
}

/// The installation's own folders come first: `LIBDIR` says where it was built for, and another
/// one may live there. No other folder will do: a libpython of the same name from elsewhere loads
/// without complaint and runs another version.
fn library(facts: &Facts, machine: Machine) -> Result<PathBuf, String> {
    let own = ["lib", "lib64"].map(|name| facts.base_prefix.join(name));
    let folders: Vec<PathBuf> = own.into_iter().chain(facts.library_folder.clone()).collect();
    let multiarch = facts.multiarch.iter();
    let below: Vec<PathBuf> =
        multiarch.flat_map(|name| folders.iter().map(move |folder| folder.join(name))).collect();
    let mut foreign = false;
    for folder in folders.iter().chain(&below) {
        for name in names(facts) {
            let Ok(path) = fs::canonicalize(folder.join(name)) else { continue };
            match Elf::read(&path) {
                Some(elf) if Some(elf) == machine.elf => return Ok(path),
                Some(_) => foreign = true,
                None => {}
            }
        }
    }
    Err(if foreign { "its libpython is for another processor" } else { "it has no shared libpython" }
        .to_owned())
}

/// Conda links `python` statically and says so, but has the shared library as well.
fn names(facts: &Facts) -> Vec<String> {
    let mut names: Vec<String> =
        facts.library_names.iter().filter(|name| name.contains(".so")).cloned().collect();
    if let Some([major, minor, ..]) = facts.version().as_ref().map(pep440_rs::Version::release) {
        names.push(format!("libpython{major}.{minor}{}.so.1.0", facts.abiflags));
    }
    names
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    const X86_64: Elf = Elf { kind: [2, 1], machine: [62, 0] };
    const MACHINE: Machine = Machine { linux: true, dynamic: true, musl: false, elf: Some(X86_64) };

    fn elf(machine: u8) -> Vec<u8> {
        let mut header = b"\x7fELF\x02\x01\x01".to_vec();
        header.resize(16, 0);
        header.extend_from_slice(&[3, 0, machine, 0]);
        header
    }

    fn installation() -> (TempDir, Facts) {
        let folder = TempDir::new().unwrap();
        let prefix = fs::canonicalize(folder.path()).unwrap();
        fs::create_dir_all(prefix.join("lib/x86_64-linux-gnu")).unwrap();
        let facts = Facts {
            implementation: "cpython".to_owned(),
            version: "3.11.7".to_owned(),
            base_prefix: prefix,
            multiarch: Some("x86_64-linux-gnu".to_owned()),
            library_names: vec!["libpython3.11.so.1.0".to_owned(), "libpython3.11.so".to_owned()],
            ..Facts::default()
        };
        (folder, facts)
    }

    fn hosted(facts: &Facts, machine: Machine) -> Host {
        host(facts, facts.tag().unwrap(), machine)
    }

    fn reason(facts: &Facts, machine: Machine) -> String {
        match hosted(facts, machine) {
            Host::Spawned { reason } => reason,
            Host::Embedded { libpython } => panic!("embedded: {}", libpython.display()),
        }
    }

    #[test]
    fn a_shared_libpython_is_embedded_by_its_real_name() {
        let (_folder, facts) = installation();
        let lib = facts.base_prefix.join("lib");
        fs::write(lib.join("libpython3.11.so.1.0"), elf(62)).unwrap();
        std::os::unix::fs::symlink("libpython3.11.so.1.0", lib.join("libpython3.11.so")).unwrap();
        let only_linker_name = Facts { library_names: vec!["libpython3.11.so".to_owned()], ..facts.clone() };
        for facts in [facts, only_linker_name] {
            let libpython = lib.join("libpython3.11.so.1.0");
            assert_eq!(hosted(&facts, MACHINE), Host::Embedded { libpython });
        }
    }

    #[test]
    fn a_shared_libpython_is_found_where_debian_and_conda_have_it() {
        let (_folder, facts) = installation();
        let conda = Facts { library_names: vec!["libpython3.11.a".to_owned()], ..facts.clone() };
        let libpython = facts.base_prefix.join("lib/x86_64-linux-gnu/libpython3.11.so.1.0");
        fs::write(&libpython, elf(62)).unwrap();
        for facts in [facts, conda] {
            assert_eq!(hosted(&facts, MACHINE), Host::Embedded { libpython: libpython.clone() });
        }
    }

    #[test]
    fn no_shared_libpython_is_spawned() {
        let (_folder, facts) = installation();
        assert_eq!(reason(&facts, MACHINE), "it has no shared libpython");
        let lib = facts.base_prefix.join("lib");
        fs::write(lib.join("libpython3.11.so"), "INPUT(libpython3.11.a)  a linker script").unwrap();
        fs::write(lib.join("libpython3.10.so.1.0"), elf(62)).unwrap();
        assert_eq!(reason(&facts, MACHINE), "it has no shared libpython");
    }

    #[test]
    fn a_libpython_for_another_processor_is_spawned() {
        let (_folder, facts) = installation();
        fs::write(facts.base_prefix.join("lib/libpython3.11.so.1.0"), elf(183)).unwrap();
        assert_eq!(reason(&facts, MACHINE), "its libpython is for another processor");
    }

    #[test]
    fn what_cannot_be_embedded_is_spawned_for_a_reason() {
        let (_folder, facts) = installation();
        fs::write(facts.base_prefix.join("lib/libpython3.11.so.1.0"), elf(62)).unwrap();
        let with = |change: fn(&mut Facts)| {
            let mut facts = facts.clone();
            change(&mut facts);
            reason(&facts, MACHINE)
        };
        assert_eq!(with(|facts| facts.implementation = "pypy".to_owned()), "not CPython");
        assert_eq!(
            with(|facts| facts.version = "3.8.18".to_owned()),
            "CPython 3.8 is older than the stable ABI that PyO3 needs (3.9)"
        );
        assert_eq!(with(|facts| facts.free_threaded = true), "free-threaded builds have no stable ABI");
        assert_eq!(with(|facts| facts.traced = true), "builds with Py_TRACE_REFS have no stable ABI");
        assert_eq!(
            with(|facts| facts.multiarch = Some("x86_64-linux-musl".to_owned())),
            "its C library is not the one of this program"
        );
        assert_eq!(reason(&facts, Machine { linux: false, ..MACHINE }), "embedding needs Linux");
        assert!(reason(&facts, Machine { dynamic: false, ..MACHINE }).contains("statically"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_program_can_read_its_own_header() {
        assert!(Machine::of_process().elf.is_some());
    }
}
