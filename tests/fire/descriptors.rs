//! Descriptors: the protocol's, the streams', those of the harness.

use std::os::fd::AsRawFd;

use reload_harness::worker::Ending;

use crate::ground::{Ground, Mode, modes, prompt, two, under_fire, values};

const EVERY: &str = "def every(low, what):\n    for d in range(low, 4096):\n        try:\n            what(d)\n        except OSError:\n            pass";

#[test]
fn bytes_on_every_descriptor_above_two_are_noticed() {
    let case =
        prompt(&format!("import os\n{EVERY}\nevery(3, lambda d: os.write(d, b'garbage'))\nprint('on')"));
    under_fire(modes(), &case, |_, _, play| {
        assert_eq!(play.ending, Ending::Garbled, "{play:?}");
        assert_eq!(play.steps.len(), 4);
        assert!(play.steps[3].output.stdout.ends_with(b"on\n"));
    });
}

#[test]
fn a_run_that_closes_every_descriptor_is_not_taken_for_a_success() {
    let case = prompt("import os\nprint('kept')\nos.closerange(0, 4096)\nprint('never')");
    under_fire(modes(), &case, |_, _, play| {
        assert_eq!((&play.ending, play.steps.len()), (&Ending::Silent, 2), "{play:?}");
        assert_eq!(play.steps[1].output.stdout, b"kept\n");
    });
}

#[test]
fn the_usual_descriptors_may_all_be_closed() {
    let case = prompt("import os\nos.closerange(0, 256)\n1 + 1\nopen(os.devnull).fileno()");
    under_fire(modes(), &case, |_, _, play| {
        assert_eq!((&play.ending, play.steps.len()), (&Ending::Finished, 4), "{play:?}");
        assert_eq!((values(play, 2), values(play, 3)), (vec!["2"], vec!["0"]));
    });
}

#[test]
fn a_file_put_over_the_protocols_descriptor_is_not_taken_for_a_success() {
    let case = prompt(&format!(
        "import os\n{EVERY}\nf = os.open('file', os.O_WRONLY | os.O_CREAT)\nevery(256, lambda d: os.dup2(f, d) if d < 1024 else 0)\nprint('never')"
    ));
    under_fire(modes(), &case, |_, _, play| {
        assert_eq!((&play.ending, play.steps.len()), (&Ending::Silent, 3), "{play:?}");
    });
}

#[test]
fn a_redirected_standard_output_does_not_mix_the_steps_up() {
    let case = prompt(
        "import os, sys\nprint('one')\nf = os.open('file', os.O_RDWR | os.O_CREAT)\ns = os.dup(1)\nn = os.dup2(f, 1)\n\
         print('two')\nn = os.dup2(s, 1)\nprint('three')\nopen('file').read()",
    );
    under_fire(modes(), &case, |_, _, play| {
        assert_eq!(play.ending, Ending::Finished, "{play:?}");
        let written: Vec<_> =
            play.steps.iter().map(|step| String::from_utf8_lossy(&step.output.stdout)).collect();
        assert_eq!(written, ["", "one\n", "", "", "", "", "", "three\n", ""]);
        assert_eq!(values(play, 8), [r"'two\n'"]);
    });
}

#[test]
fn streams_may_be_replaced_closed_and_lost() {
    for body in [
        "sys.stdout = None",
        "sys.stdout.close()",
        "del sys.stdout, sys.stderr",
        "sys.stdout = sys.stderr = 'no file'",
        "class Loud(object):\n    def write(self, text): pass\n    def flush(self): raise KeyboardInterrupt\nsys.stdout = sys.stderr = Loud()",
        "sys.stdin.close()",
    ] {
        let case = prompt(&format!("import sys, os\nprint('kept')\n{body}\n1 + 1\nn = os.write(2, b'err')"));
        under_fire(modes(), &case, |_, _, play| {
            assert_eq!(
                (&play.ending, play.steps.len()),
                (&Ending::Finished, case.steps.len()),
                "{body}: {play:?}"
            );
            assert_eq!(play.steps[1].output.stdout, b"kept\n");
            assert_eq!(values(play, case.steps.len() - 2), ["2"], "{body}");
            assert_eq!(play.steps.last().unwrap().output.stderr, b"err", "{body}");
        });
    }
}

/// What the harness itself was given, a build's job server say, is nobody else's.
#[test]
fn a_run_inherits_no_descriptor_of_the_harness() {
    let (reader, writer) = nix::unistd::pipe().unwrap();
    println!("{} and {} are open", reader.as_raw_fd(), writer.as_raw_fd());
    let case = prompt("import os\nsorted(int(n) for n in os.listdir('/proc/self/fd') if int(n) < 1000)");
    for python in two() {
        for mode in modes() {
            let plays = Ground::new(python, *mode).play(&[&case]);
            assert_eq!(values(&plays[0], 1), ["[0, 1, 2, 3]"], "the last one is that of the listing");
        }
    }
    let _ = Mode::Contained;
}
