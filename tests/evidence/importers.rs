//! What is told of interpreters that a reload has no hold of.

use crate::Watched;

#[test]
fn a_call_that_runs_code_in_another_interpreter_is_told() {
    let sub = "try:\n    import _interpreters as interpreters\nexcept ImportError:\n    \
               import _xxsubinterpreters as interpreters\nnumber = interpreters.create()\n";
    let calls = |call: &str| {
        let transcript = format!(">>> import sub\n>>> m = reload(sub)\n>>> sub.interpreters.{call}");
        Watched::new(">=3.8", &[("sub.py", sub)], &transcript)
    };
    let line =
        "<stdin>:1 Interpreter sub.interpreters.run_string: Global, instance of builtin_function_or_method";
    calls("run_string(sub.number, 'pass')").tells(&[line]);
    calls("destroy(sub.number)").tells_nothing_of("1 Interpreter ");
}
