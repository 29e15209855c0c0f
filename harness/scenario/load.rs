//! Reads a scenario from disk.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::parse::parse;
use super::path::WorkspacePath;
use super::problem::{Problem, Problems};
use super::{Name, Scenario};

/// What a sibling folder may hold in all, in bytes.
const MOST: u64 = 64 << 20;

impl Scenario {
    /// Reads a Markdown file and its sibling folder `<name>.files/`, every file of which is there
    /// before the first step. A file that cannot be read is a problem as any other.
    pub fn load(name: Name, path: &Path) -> Result<Self, Problems> {
        let source = fs::read(path).map_err(|error| Problems {
            path: path.to_owned(),
            source: String::new(),
            problems: vec![Problem::new(0..0, format!("the scenario cannot be read: {error}"))],
        })?;
        let mut siblings = Siblings { folder: path.with_extension("files"), ..Siblings::default() };
        siblings.read();
        let Siblings { mut files, problems, .. } = siblings;
        files.sort();
        parse(name, path, &source, files, problems)
    }
}

#[derive(Default)]
struct Siblings {
    folder: PathBuf,
    files: Vec<(WorkspacePath, Vec<u8>)>,
    total: u64,
    problems: Vec<Problem>,
}

impl Siblings {
    fn read(&mut self) {
        let folder = self.folder.clone();
        match fs::symlink_metadata(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => self.problem(&folder, &error.to_string()),
            Ok(meta) if meta.is_dir() => self.folder(&folder),
            Ok(_) => self.problem(&folder, "it is not a folder; a link to one is not followed"),
        }
    }

    fn folder(&mut self, folder: &Path) {
        let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        match entries {
            Err(error) => self.problem(folder, &error.to_string()),
            Ok(mut entries) => {
                entries.sort_by_key(fs::DirEntry::file_name);
                for entry in entries {
                    self.entry(&entry.path());
                }
            }
        }
    }

    fn entry(&mut self, path: &Path) {
        match fs::symlink_metadata(path) {
            Err(error) => self.problem(path, &error.to_string()),
            Ok(meta) if meta.is_dir() => self.folder(path),
            Ok(meta) if meta.is_symlink() => {
                self.problem(path, "a link may lead anywhere; put the file itself here");
            }
            Ok(meta) if !meta.is_file() => self.problem(path, "it is neither a file nor a folder"),
            Ok(meta) => self.file(path, meta.len()),
        }
    }

    fn file(&mut self, path: &Path, size: u64) {
        self.total += size;
        if self.total > MOST {
            if self.total - size <= MOST {
                self.problem(path, "with it the folder holds more than 64 MiB");
            }
            return;
        }
        let below = path.strip_prefix(&self.folder).unwrap_or(path);
        let parts: Option<Vec<_>> = below.components().map(|part| part.as_os_str().to_str()).collect();
        let Some(parts) = parts else { return self.problem(path, "its name is not UTF-8") };
        match (WorkspacePath::new(&parts.join("/")), fs::read(path)) {
            (Err(error), _) => self.problem(path, &error.to_string()),
            (_, Err(error)) => self.problem(path, &error.to_string()),
            (Ok(path), Ok(content)) => self.files.push((path, content)),
        }
    }

    fn problem(&mut self, path: &Path, why: &str) {
        self.problems.push(Problem::new(0..0, format!("`{}` cannot be used: {why}", path.display())));
    }
}
