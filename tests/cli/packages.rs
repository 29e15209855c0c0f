//! Scenarios that require packages.

use std::fs;
use std::io::Write;
use std::path::Path;

use crate::world::{Ran, World, python};

fn requires(requirement: &str) -> World {
    let scenario = format!(
        "# It imports what it requires\n\n```toml\nrequires = [\"{requirement}\"]\n```\n\n```pycon\n\
         >>> import a_package\n>>> a_package.NAME\n>>> a_package.__file__\n>>> import linked\n>>> import sys\n\
         >>> 'site' in sys.modules\n```\n"
    );
    World::new().scenario("g/needs", &scenario)
}

/// A wheel that pip installs without asking anyone: a zip file with four stored members.
fn wheel(folder: &Path) {
    let info = "a_package-1.0.dist-info";
    let members = [
        ("a_package.py", "NAME = 'a package'\n".to_owned()),
        ("beside/linked.py", String::new()),
        ("a_package.pth", "beside\n".to_owned()),
        (&format!("{info}/METADATA"), "Metadata-Version: 2.1\nName: a-package\nVersion: 1.0\n".to_owned()),
        (
            &format!("{info}/WHEEL"),
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n".to_owned(),
        ),
        (&format!("{info}/RECORD"), String::new()),
    ];
    let (mut body, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in &members {
        let offset = u32::try_from(body.len()).unwrap();
        let size = u32::try_from(content.len()).unwrap();
        let length = u16::try_from(name.len()).unwrap();
        let mut common = vec![20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];
        common.extend(crc32fast::hash(content.as_bytes()).to_le_bytes());
        common.extend([size.to_le_bytes(), size.to_le_bytes()].concat());
        common.extend([length.to_le_bytes(), [0, 0]].concat());
        body.extend([b"PK\x03\x04", &common[..], name.as_bytes(), content.as_bytes()].concat());
        directory.extend([b"PK\x01\x02\x14\x00", &common[..], &[0; 10], &offset.to_le_bytes()].concat());
        directory.extend(name.as_bytes());
    }
    let (count, start) = (u16::try_from(members.len()).unwrap(), u32::try_from(body.len()).unwrap());
    let mut file = fs::File::create(folder.join("a_package-1.0-py3-none-any.whl")).unwrap();
    file.write_all(&body).unwrap();
    file.write_all(&directory).unwrap();
    let length = u32::try_from(directory.len()).unwrap().to_le_bytes();
    let counts = [count.to_le_bytes(), count.to_le_bytes()].concat();
    file.write_all(&[b"PK\x05\x06\0\0\0\0", &counts[..], &length, &start.to_le_bytes(), &[0, 0]].concat())
        .unwrap();
}

/// With a cache folder and a package index of its own.
fn run(world: &World, arguments: &[&str]) -> Ran {
    let mut command = world.command(arguments);
    let cache = world.path().join("cache");
    command
        .env("RELOAD_HARNESS_CACHE_DIR", cache)
        .env("PIP_NO_INDEX", "1")
        .env("PIP_FIND_LINKS", world.path());
    Ran::from(command.output().unwrap())
}

#[test]
fn what_a_scenario_requires_is_installed_when_it_is_first_played() {
    if python() == "cp27" {
        eprintln!("left out: packages are installed for Python 3 alone");
        return;
    }
    let world = requires("a-package==1.0");
    wheel(world.path());
    let ran = run(&world, &["run"]);
    ran.is(0).prints(">>> a_package.NAME\n    'a package'\n").says("1 run in ");
    ran.prints("\n    '<packages>/a_package.py'\n").prints(">>> 'site' in sys.modules\n    False\n");
    assert!(!ran.out.contains("Error") && !ran.err.contains("installing"), "{ran:#?}");

    fs::remove_file(world.path().join("a_package-1.0-py3-none-any.whl")).unwrap();
    run(&world, &["run", "--offline"]).is(0).prints("    'a package'\n");
    run(&world, &["accept"]).is(0);
    run(&world, &["check", "--python", python(), "--offline"]).is(0).says(", all as accepted");
}

#[test]
fn without_it_the_scenario_is_skipped_with_the_reason_in_one_line() {
    let world = requires("a-package==1.0");
    let reason = if python() == "cp27" { "for Python 3 alone" } else { "it requires a-package==1.0, which " };
    for arguments in [&["run", "--offline"][..], &["run"]] {
        let ran = run(&world, arguments);
        ran.is(0).says("skipped g/needs on ").says(reason).says("0 runs in ").says(", 1 skipped");
        assert_eq!(ran.err.lines().filter(|line| line.contains("skipped")).count(), 2, "{ran:#?}");
    }
    let events = run(&world, &["run", "--offline", "--json"]).events();
    assert_eq!(events[0]["runs"], 0);
    assert!(events[1]["reason"].as_str().unwrap().contains(reason), "{events:?}");
}

#[test]
fn packages_are_no_requirement_of_python_2() {
    let world = requires("a-package==1.0");
    let ran = run(&world, &["run", "--python", "2.7"]);
    if ran.code == Some(6) {
        eprintln!("left out: there is no Python 2.7 here");
        return;
    }
    ran.is(0).says("skipped g/needs on cp27: it requires packages, which are installed for Python 3 alone");
}
