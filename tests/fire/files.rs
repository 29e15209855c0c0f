//! Files, folders, and what leads out of the workspace.

use std::fs;
use std::os::unix::fs::MetadataExt;

use reload_harness::scenario::Scenario;
use reload_harness::worker::{Ending, Workspaces};
use tempfile::TempDir;

use crate::ground::{contained, modes, prompt, raised, scenario, transcript, under_fire, values};

/// A module, statements, an edit of it, and statements.
fn edited(path: &str, before: &str, after: &str) -> Scenario {
    let write = |number: u8| format!("`{path}`:\n\n```python\nx = {number}\n```\n\n");
    let markdown = format!("# T\n\n{}{}\n{}{}", write(1), transcript(before), write(2), transcript(after));
    scenario("edited", &markdown, &[])
}

#[test]
fn a_run_may_delete_the_folder_it_runs_in() {
    let case = edited(
        "mod.py",
        "import os, shutil, mod\nshutil.rmtree(os.path.abspath('.'))\nmod.x",
        "reload(mod).x",
    );
    under_fire(modes(), &case, |_, _, play| {
        assert_eq!((&play.ending, play.steps.len()), (&Ending::Finished, 6), "{play:?}");
        assert_eq!((values(play, 3), values(play, 5)), (vec!["1"], vec!["2"]), "{play:?}");
    });
}

#[test]
fn a_run_may_delete_the_folder_of_all_runs() {
    let case = prompt(
        "import os, shutil\nup = os.path.dirname(os.getcwd())\nshutil.rmtree(up)\nos.path.exists(up)\nimport json",
    );
    under_fire(modes(), &case, |_, _, play| {
        assert_eq!((&play.ending, play.steps.len()), (&Ending::Finished, 5), "{play:?}");
        assert_eq!(values(play, 3), ["False"]);
    });
}

#[test]
fn a_run_may_go_elsewhere() {
    let case = edited("mod.py", "import os\nos.chdir('/')\nimport mod", "reload(mod).x\nos.getcwd()");
    under_fire(modes(), &case, |_, _, play| {
        assert_eq!((&play.ending, play.steps.len()), (&Ending::Finished, 7), "{play:?}");
        assert_eq!((values(play, 5), values(play, 6)), (vec!["2"], vec!["'/'"]));
    });
}

#[test]
fn a_run_may_take_away_its_own_permissions() {
    let case = prompt(
        "import os\nos.makedirs('a/b')\nos.chmod('a/b', 0)\nos.chmod('a', 0)\nos.chmod('.', 0)\n1 + 1",
    );
    under_fire(modes(), &case, |_, _, play| {
        assert_eq!((&play.ending, play.steps.len()), (&Ending::Finished, 6), "{play:?}");
    });
}

#[test]
fn a_folder_tree_of_any_depth_is_removed() {
    let case =
        prompt("import os\nfor _ in range(8000):\n    os.mkdir('d')\n    os.chdir('d')\nprint('deep')");
    under_fire(contained(), &case, |_, _, play| {
        assert_eq!((&play.ending, play.steps.len()), (&Ending::Finished, 3), "{:?}", play.ending);
    });
}

#[test]
fn many_files_are_removed() {
    let case = prompt("for i in range(2000):\n    open('f%d' % i, 'w').close()\nprint('many')");
    under_fire(contained(), &case, |_, _, play| assert_eq!(play.ending, Ending::Finished));
}

#[test]
fn a_file_has_a_limit() {
    let case = prompt(
        "f = open('file', 'wb')\nfor _ in range(100):\n    f.write(b'x' * (1 << 20)) and f.flush()\nimport os\nos.path.getsize('file') >> 20",
    );
    under_fire(contained(), &case, |_, _, play| {
        assert_eq!(play.ending, Ending::Finished, "{play:?}");
        assert!(raised(&play.steps[1]).contains("File too large"), "{play:?}");
        assert_eq!(values(play, 3), ["64"]);
    });
}

/// A folder outside with a file in it, on the file system of the workspaces.
struct Outside {
    folder: TempDir,
    _near: Workspaces,
}

impl Outside {
    fn new() -> Self {
        let near = Workspaces::create().unwrap();
        let folder = TempDir::new_in(near.path()).unwrap();
        fs::write(folder.path().join("mod.py"), "sentinel = 1\n").unwrap();
        Self { folder, _near: near }
    }

    fn path(&self) -> String {
        self.folder.path().display().to_string()
    }

    fn assert_untouched(&self) {
        let names: Vec<_> =
            fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["mod.py"]);
        let file = self.folder.path().join("mod.py");
        assert_eq!(fs::read_to_string(&file).unwrap(), "sentinel = 1\n");
        assert!(fs::metadata(&file).unwrap().mtime() > 1_100_000_000, "its time is its own");
        assert!(fs::metadata(self.folder.path()).unwrap().mtime() > 1_100_000_000, "its time is its own");
    }
}

#[test]
fn a_link_in_the_place_of_a_folder_leads_no_write_out_of_the_workspace() {
    let outside = Outside::new();
    for path in ["pkg/mod.py", "pkg/sub/mod.py", "pkg/other.py"] {
        let before =
            format!("import os, shutil\nshutil.rmtree('pkg')\nos.symlink('{}', 'pkg')", outside.path());
        under_fire(modes(), &edited(path, &before, "print('on')"), |_, _, play| {
            assert_eq!((&play.ending, play.steps.len()), (&Ending::Finished, 6), "{play:?}");
            assert!(raised(&play.steps[4]).contains("does not stay in the workspace"), "{play:?}");
            outside.assert_untouched();
        });
    }
}

#[test]
fn a_link_in_the_place_of_a_file_leads_no_write_out_of_the_workspace() {
    let outside = Outside::new();
    for link in ["symlink", "link"] {
        let before =
            format!("import os\nos.remove('mod.py')\nos.{link}('{}/mod.py', 'mod.py')", outside.path());
        let case = edited("mod.py", &before, "import mod\nmod.x");
        under_fire(modes(), &case, |_, _, play| {
            assert_eq!((&play.ending, values(play, 6)), (&Ending::Finished, vec!["2"]), "{play:?}");
            assert!(play.steps.iter().all(|step| step.event.exception.is_none()), "{play:?}");
            outside.assert_untouched();
        });
    }
}

#[test]
fn a_second_name_of_a_file_keeps_the_old_content() {
    let case = edited(
        "mod.py",
        "import os\nos.link('mod.py', 'backup.py')",
        "open('mod.py').read()\nopen('backup.py').read()",
    );
    under_fire(contained(), &case, |_, _, play| {
        assert_eq!((values(play, 4), values(play, 5)), (vec![r"'x = 2\n'"], vec![r"'x = 1\n'"]), "{play:?}");
    });
}

#[test]
fn a_link_in_the_place_of_the_workspace_leads_nothing_out_of_it() {
    let outside = Outside::new();
    let before = format!(
        "import os\nhere = os.getcwd()\nos.rename(here, here + '-old')\nos.symlink('{}', here)",
        outside.path()
    );
    under_fire(modes(), &edited("mod.py", &before, "print('on')"), |_, _, play| {
        assert_eq!((&play.ending, play.steps.len()), (&Ending::Finished, 7), "{play:?}");
        assert!(raised(&play.steps[5]).contains("does not stay in the workspace"), "{play:?}");
        outside.assert_untouched();
    });
}

#[test]
fn a_pipe_or_a_folder_in_the_place_of_a_file_does_not_hang_a_write() {
    let case =
        edited("mod.py", "import os\nos.remove('mod.py')\nos.mkfifo('mod.py')", "open('mod.py').read()");
    under_fire(contained(), &case, |_, _, play| {
        assert_eq!((&play.ending, values(play, 5)), (&Ending::Finished, vec![r"'x = 2\n'"]), "{play:?}");
    });
    let case = edited("mod.py", "import os\nos.remove('mod.py')\nos.mkdir('mod.py')", "os.listdir('.')");
    under_fire(contained(), &case, |_, _, play| {
        assert_eq!((&play.ending, values(play, 5)), (&Ending::Finished, vec!["['mod.py']"]), "{play:?}");
        assert!(raised(&play.steps[4]).contains("Error"), "{play:?}");
    });
}

#[test]
fn a_temporary_file_of_one_run_is_not_there_in_the_next() {
    let case = prompt(
        "import os, tempfile\nsorted(os.listdir(tempfile.gettempdir()))\nopen(os.path.join(tempfile.gettempdir(), 'left'), 'w').close()\nos.mkdir(os.path.expanduser('~/left'))",
    );
    for python in crate::ground::two() {
        for mode in modes() {
            let mut ground = crate::ground::Ground::new(python, *mode);
            for play in ground.play(&[&case, &case]) {
                assert_eq!(play.ending, Ending::Finished);
                assert_eq!(values(&play, 1), ["[]"], "{play:?}");
                assert!(play.steps.iter().all(|step| step.event.exception.is_none()), "{play:?}");
            }
        }
    }
}

#[test]
fn sources_of_any_bytes_arrive_as_they_are() {
    let every: Vec<u8> = (0..=255).collect();
    let files: [(&str, &[u8]); 8] = [
        ("every.bin", &every),
        ("bom.py", b"\xef\xbb\xbfx = 'bom'\n"),
        ("cr.py", b"x = 'cr'\ry = 2\r"),
        ("crlf.py", b"x = 'crlf'\r\ny = 2\r\n"),
        ("empty.py", b""),
        ("latin.py", b"# -*- coding: latin-1 -*-\nx = u'\xe9'\n"),
        ("nul.py", b"x = 1\x00\n"),
        ("wrong.py", b"x = '\xff\xfe'\n"),
    ];
    let read: Vec<String> = files
        .iter()
        .map(|(path, _)| format!("print(binascii.hexlify(open('{path}', 'rb').read()).decode('ascii'))"))
        .collect();
    let statements = format!(
        "import binascii\n{}\nimport latin, crlf, bom, empty\nord(latin.x)\n(crlf.x, crlf.y, bom.x)\nimport nul\nimport wrong",
        read.join("\n")
    );
    let case = scenario("bytes", &format!("# T\n\n{}", transcript(&statements)), &files);
    under_fire(contained(), &case, |python, _, play| {
        assert_eq!((&play.ending, play.steps.len()), (&Ending::Finished, case.steps.len()));
        for (number, (path, content)) in files.iter().enumerate() {
            let hex = content.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
            let output = &play.steps[files.len() + 1 + number].output.stdout;
            assert_eq!(String::from_utf8_lossy(output).trim(), hex, "{path}");
        }
        let step = 2 * files.len() + 2;
        assert_eq!((values(play, step), values(play, step + 1)), (vec!["233"], vec!["('crlf', 2, 'bom')"]));
        if python.tag.major > 2 {
            // 2.7 takes a NUL for the end of a line.
            let nul = raised(&play.steps[step + 2]);
            assert!(nul.starts_with("SyntaxError") || nul.starts_with("ValueError"), "{}: {nul}", python.tag);
        }
        assert!(
            raised(&play.steps[step + 3]).starts_with("SyntaxError"),
            "{}: {}",
            python.tag,
            raised(&play.steps[step + 3])
        );
    });
}
