//! What a scenario finds of the probe, which is next to nothing.

use crate::Machine;

#[test]
fn site_is_imported_only_where_a_scenario_asks_for_it() {
    let machine = Machine::new();
    machine.each_says("", &[], ">>> import sys\n>>> 'site' in sys.modules", &["False"]);
    machine.each_says("site = true", &[], ">>> import sys\n>>> 'site' in sys.modules", &["True"]);
}

#[test]
fn what_is_told_of_the_probes_own_frames_is_what_a_prompt_would_tell() {
    let module = "import sys, traceback, warnings\n\n\ndef warn():\n    warnings.warn('deep', stacklevel=3)\n\n\n\
                  class Last(object):\n    def __del__(self):\n        warnings.warn('gone', stacklevel=2)\n\n\n\
                  class Stack(object):\n    def __repr__(self):\n        traceback.print_stack(file=sys.stdout)\n        \
                  return 'shown'\n";
    let transcript = ">>> import foo\n>>> foo.warn()\n>>> foo.Last()\n>>> foo.Stack()\n";
    let text = format!("# T\n\n`foo.py`:\n\n```python\n{module}```\n\n```pycon\n{transcript}```\n");
    for (tag, report) in Machine::new().play(&text, false) {
        assert!(
            report.contains(">>> foo.warn()\n    stderr: sys:1: UserWarning: deep\n"),
            "{tag}:\n{report}"
        );
        assert!(report.contains("    stderr: <stdin>:1: UserWarning: gone\n"), "{tag}:\n{report}");
        let stack =
            "      File \"<stdin>\", line 1, in <module>\n      File \"foo.py\", line 15, in __repr__\n";
        assert!(report.contains(stack), "{tag}:\n{report}");
        assert_eq!(report.matches("File ").count(), 2, "{tag}:\n{report}");
    }
}

#[test]
fn what_the_probe_alone_uses_is_not_in_sys_modules() {
    let transcript = ">>> import sys\n>>> [name for name in ('_harness', 'fcntl', 'resource', 'select') if name in sys.modules]";
    Machine::new().each_says("", &[], transcript, &["[]"]);
}
