use std::fs;

use tempfile::TempDir;

use super::*;

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("x.md"), around("")).unwrap();
    for (file, content) in files {
        let path = root.path().join("x.files").join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    root
}

fn load(root: &TempDir) -> Result<Scenario, Problems> {
    let path = root.path().join("x.md");
    Scenario::load(Name::of_lone(&path), &path)
}

fn told(root: &TempDir) -> Vec<String> {
    load(root).unwrap_err().problems.into_iter().map(|problem| problem.message).collect()
}

#[test]
fn a_file_without_a_sibling_folder_is_read() {
    let scenario = load(&folder(&[])).unwrap();
    assert_eq!((scenario.name.to_string().as_str(), scenario.steps.len()), ("x", 1));
}

#[test]
fn the_sibling_folder_is_there_before_the_first_step_sorted_and_byte_for_byte() {
    let root = folder(&[
        ("z.bin", b"\x00\xff\r\n"),
        ("pkg/sub/latin.py", b"# \xe9\n"),
        (".hidden", b""),
        ("pkg.py", b""),
    ]);
    fs::create_dir(root.path().join("x.files/empty")).unwrap();
    let steps = load(&root).unwrap().steps;
    let found = steps.iter().filter_map(|step| match step {
        Step::Write(write) => Some((write.path.as_str(), write.content.as_slice(), write.edit, write.line)),
        Step::Statement(_) => None,
    });
    let expected: [(&str, &[u8], bool, Option<usize>); 4] = [
        (".hidden", b"", false, None),
        ("pkg.py", b"", false, None),
        ("pkg/sub/latin.py", b"# \xe9\n", false, None),
        ("z.bin", b"\x00\xff\r\n", false, None),
    ];
    assert_eq!(found.collect::<Vec<_>>(), expected);
}

#[test]
fn a_missing_file_is_a_problem() {
    let root = folder(&[]);
    fs::remove_file(root.path().join("x.md")).unwrap();
    assert!(told(&root)[0].starts_with("the scenario cannot be read: "));
}

#[test]
fn a_sibling_folder_that_is_a_file_is_a_problem() {
    let root = folder(&[]);
    fs::write(root.path().join("x.files"), "").unwrap();
    assert!(told(&root)[0].contains("it is not a folder"));
}

#[cfg(unix)]
#[test]
fn links_and_special_files_beside_are_refused_all_of_them() {
    use std::os::unix::{fs::symlink, net::UnixListener};
    let root = folder(&[("a", b"")]);
    let beside = root.path().join("x.files");
    symlink("/etc/passwd", beside.join("b")).unwrap();
    symlink("/", beside.join("c")).unwrap();
    let _socket = UnixListener::bind(beside.join("d")).unwrap();
    fs::write(root.path().join("x.md"), "no title\n").unwrap();
    let told = told(&root);
    assert_eq!(told.len(), 5, "{told:?}");
    assert!(told[0].contains("a link may lead anywhere") && told[1].contains("a link may lead anywhere"));
    assert!(told[2].contains("neither a file nor a folder"));
    assert_eq!(told[3], "the scenario has no title");
}

#[cfg(unix)]
#[test]
fn a_linked_sibling_folder_is_refused() {
    let (root, other) = (folder(&[]), folder(&[("a", b"")]));
    std::os::unix::fs::symlink(other.path().join("x.files"), root.path().join("x.files")).unwrap();
    assert!(told(&root)[0].contains("a link to one is not followed"));
}

#[cfg(unix)]
#[test]
fn names_beside_that_fit_no_workspace_are_problems() {
    let root = folder(&[("a\\b", b""), ("c ", b"")]);
    let told = told(&root);
    assert!(
        told[0].contains("not by a backslash") && told[1].contains("ends in a dot or a space"),
        "{told:?}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn names_beside_that_are_not_utf8_are_problems() {
    use std::os::unix::ffi::OsStrExt;
    let root = folder(&[("a", b"")]);
    fs::write(root.path().join("x.files").join(std::ffi::OsStr::from_bytes(b"\xff")), "").unwrap();
    assert!(told(&root)[0].contains("its name is not UTF-8"));
}

#[cfg(target_os = "linux")]
#[test]
fn twins_beside_are_problems() {
    let told = told(&folder(&[("foo.py", b""), ("Foo.py", b"")]));
    assert_eq!(told, ["`foo.py` and `Foo.py` are one file where case does not matter in the sibling folder"]);
}

#[test]
fn a_sibling_folder_has_a_limit() {
    let root = folder(&[("a", b"")]);
    let huge = fs::File::create(root.path().join("x.files/b")).unwrap();
    huge.set_len((64 << 20) + 1).unwrap();
    assert!(told(&root)[0].contains("more than 64 MiB"));
}
