//! The mechanisms by which a reload is made to fail, each by itself, in every Python of this machine.
#![allow(clippy::unwrap_used)]

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use reload_harness::python::{Discovery, Host, Interpreter};

/// What a script prints in each Python, hosted as a worker would host it. `{}` in it is a folder of the
/// script's own, in which it is.
fn each_prints(script: &str) -> Vec<(Interpreter, String)> {
    let found = Discovery::of_process();
    let interpreters: Vec<Interpreter> =
        found.discovered().all().into_iter().map(|found| found.interpreter.clone()).collect();
    assert!(!interpreters.is_empty(), "no Python was found on this machine");
    interpreters.into_iter().map(|interpreter| (interpreter.clone(), prints(&interpreter, script))).collect()
}

fn prints(interpreter: &Interpreter, script: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let probe = Path::new(env!("CARGO_MANIFEST_DIR")).join("harness/worker");
    let script = format!(
        "import os, sys\nPROBE = '{}'\nos.chdir('{}')\n{LOAD}\n{script}",
        probe.display(),
        folder.path().display()
    );
    let mut command = match &interpreter.host {
        Host::Embedded { libpython } => {
            let mut command = Command::new(env!("CARGO_BIN_EXE_reload-worker"));
            command.arg0(&interpreter.executable).env("LD_PRELOAD", libpython);
            command
        }
        Host::Spawned { .. } => Command::new(&interpreter.executable),
    };
    let output = command.args(["-s", "-S", "-c", &script]).env("PYTHONHASHSEED", "0").output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{}: {text}{}",
        interpreter.tag,
        String::from_utf8_lossy(&output.stderr)
    );
    text
}

/// Loads a file of the probe's, as the probe does.
const LOAD: &str = r#"
import types
sys.dont_write_bytecode = True
sys.path.insert(0, os.getcwd())

try:
    import _harness
except ImportError:
    _harness = None

def load(name, **uses):
    module = types.ModuleType(name)
    module.__dict__.update(uses)
    with open(PROBE + "/" + name + ".py") as file:
        exec(compile(file.read(), name, "exec"), module.__dict__)
    return module

def write(name, text):
    with open(name, "w") as file:
        file.write(text)

def in_fork(call):
    """What a call comes to in a fork: what it returns, or how it ends."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # some CPythons tell how they crash
        os.write(writer, str(call()).encode("ascii"))
        os._exit(0)
    os.close(writer)
    said = os.read(reader, 1000).decode("ascii")
    os.close(reader)
    status = os.waitpid(child, 0)[1]
    return "crashed" if os.WIFSIGNALED(status) else said

def outcome(call):
    try:
        call()
    except BaseException as error:
        return type(error).__name__
    return "ok"
"#;

#[test]
fn each_allocation_of_a_reload_can_be_made_to_fail() {
    let printed = each_prints(
        r#"
allocations = load("allocations", _harness=_harness)
hooks, reason = allocations.hooks()
if hooks is None:
    print(reason)
    sys.exit()
from importlib import reload
write("foo.py", "class Foo:\n    def f(self):\n        return Foo\n")
import foo
module, count = hooks.count(reload, foo)
def counted():
    return hooks.count(reload, foo)[1]
again = None
for _ in range(8):  # until what is free to be used again is what it was
    count, again = again, int(in_fork(counted))
def strike(number):
    return in_fork(lambda: outcome(lambda: hooks.strike(number, reload, foo)))
some = [strike(number) for number in range(1, count + 1, max(1, count // 40))]
print("counted" if module is foo and 100 < count < 5000 else count)
print("the same" if count == again else (count, again))
print("mostly fails" if some.count("MemoryError") > len(some) * 3 // 4 else some)
print("then " + strike(count + 20))
print("afterwards " + outcome(lambda: reload(foo)))
"#,
    );
    for (interpreter, text) in printed {
        if interpreter.tag.to_string() == "cp27" {
            assert!(text.contains("cannot make an allocation fail"), "{text}");
        } else {
            let expected = "counted\nthe same\nmostly fails\nthen ok\nafterwards ok\n";
            assert_eq!(text, expected, "{}", interpreter.tag);
        }
    }
}

#[test]
fn memory_that_is_traced_meanwhile_is_still_traced_afterwards() {
    let printed = each_prints(
        r#"
allocations = load("allocations", _harness=_harness)
hooks, reason = allocations.hooks()
if type(hooks).__name__ != "Embedded":
    sys.exit()
import tracemalloc
hooks.count(tracemalloc.start, 1)
kept = [bytearray(100000)]
print(tracemalloc.get_traced_memory()[0] > 100000)
print(outcome(lambda: hooks.strike(1, bytearray, 10)))
tracemalloc.stop()
print(hooks.count(bytearray, 10)[1])
"#,
    );
    for (interpreter, text) in printed {
        if matches!(interpreter.host, Host::Embedded { .. }) {
            assert_eq!(text, "True\nMemoryError\n2\n", "{}", interpreter.tag);
        }
    }
}
