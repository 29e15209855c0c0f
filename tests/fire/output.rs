//! Output without measure, and values without measure.

use std::time::Duration;

use reload_harness::worker::{Ending, Output};

use crate::ground::{
    Mode, contained, limited, modes, prompt, raised, scenario, transcript, under_fire, values,
};

#[test]
fn a_flood_in_one_step_is_cut_and_counted() {
    let case = prompt(
        "import os\nfor _ in range(130):\n    n = [os.write(1, b'x' * 65536) for _ in range(16)]\nprint('after')",
    );
    under_fire(modes(), &case, |_, _, play| {
        assert_eq!(play.ending, Ending::Finished);
        let flood = &play.steps[1].output;
        assert_eq!((flood.stdout.len(), flood.dropped), (Output::CAP, (129 << 20) as u64));
        assert_eq!(play.steps[2].output.stdout, b"after\n");
    });
}

#[test]
fn a_flood_on_both_descriptors_is_cut_on_both() {
    let case = prompt(
        "import os\nfor _ in range(64):\n    n = [os.write(d, b'x' * 65536) for d in (1, 2)]\nprint('after')",
    );
    under_fire(modes(), &case, |_, _, play| {
        assert_eq!(play.ending, Ending::Finished);
        let flood = &play.steps[1].output;
        assert_eq!((flood.stdout.len(), flood.stderr.len()), (Output::CAP, Output::CAP));
        assert_eq!(flood.dropped, 6 << 20);
    });
}

fn endless(body: &str) {
    let case = limited(0.5, &format!("import os\n{body}\nprint('never')"));
    under_fire(modes(), &case, |_, _, play| {
        assert_eq!(play.ending, Ending::Hung { limit: Duration::from_millis(500) });
        assert_eq!(play.steps.len(), case.steps.len() - 2);
        assert!(play.rest.stdout.len() <= Output::CAP);
    });
}

#[test]
fn endless_output_hangs_and_does_not_keep_the_harness() {
    endless("while True:\n    n = os.write(1, b'x' * 65536)");
}

#[test]
fn endless_output_of_many_processes_does_not_keep_the_harness() {
    endless(
        "a = [os.fork() for _ in range(3)]\nwhile True:\n    n = [os.write(d, b'x' * 65536) for d in (1, 2)]",
    );
}

/// It never comes to write a frame, so this is first of all a run without end.
#[test]
fn endless_garbage_on_the_protocols_descriptor_does_not_keep_the_harness() {
    endless(
        "d = max(int(n) for n in os.listdir('/proc/self/fd') if int(n) < 1018)\nwhile True:\n    n = os.write(d, b'@' * 65536)",
    );
}

#[test]
fn a_very_long_repr_is_cut_and_counted() {
    let case = prompt("a = 'x' * 10000000\na\nprint('after')");
    under_fire(contained(), &case, |_, _, play| {
        assert_eq!(play.ending, Ending::Finished);
        let value = &play.steps[1].event.values[0];
        assert_eq!(value.text.len() as u64 + value.dropped, 10_000_002);
        assert!(value.text.len() <= 1 << 16);
    });
}

#[test]
fn a_very_long_exception_does_no_harm() {
    let case = prompt("raise ValueError('x' * 10000000)\nint('y' * 10000)\nprint('after')");
    under_fire(contained(), &case, |_, _, play| {
        assert_eq!((&play.ending, play.steps.len()), (&Ending::Finished, 3));
        assert!(raised(&play.steps[0]).len() < 100_000, "{}", raised(&play.steps[0]).len());
    });
}

#[test]
fn many_values_of_one_statement_do_no_harm() {
    let case = prompt("for i in range(20000):\n    i\nprint('after')");
    under_fire(contained(), &case, |_, _, play| {
        assert_eq!((&play.ending, play.steps.len()), (&Ending::Finished, 2));
        assert_eq!(values(play, 0).len(), 20000);
    });
}

#[test]
fn many_steps_are_all_played() {
    let count = 20_000;
    let steps = transcript(&"print(1)\n".repeat(count));
    // How long they take is no matter here.
    let case = scenario("many", &format!("# T\n\n```toml\ntimeout = 120\n```\n\n{steps}"), &[]);
    under_fire(&[Mode::Contained], &case, |_, _, play| {
        assert_eq!((&play.ending, play.steps.len()), (&Ending::Finished, count));
        assert!(play.steps.iter().all(|step| step.output.stdout == b"1\n"));
    });
}

#[test]
fn a_large_file_is_written_byte_for_byte() {
    let bytes: Vec<u8> = (0..40_000_000_u32).map(|n| (n % 251) as u8).collect();
    let markdown = format!(
        "# T\n\n{}",
        transcript(
            "import os\nos.path.getsize('large.bin')\nsum(bytearray(open('large.bin', 'rb').read(1000)))"
        )
    );
    let case = scenario("large", &markdown, &[("large.bin", &bytes)]);
    under_fire(contained(), &case, |_, _, play| {
        assert_eq!(play.ending, Ending::Finished, "{:?}", play.rest);
        assert_eq!(values(play, 2), ["40000000"]);
        let sum: u64 = bytes[..1000].iter().map(|byte| u64::from(*byte)).sum();
        assert_eq!(values(play, 3), [sum.to_string()]);
    });
}
