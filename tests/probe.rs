//! What the probe sees and does, on every Python of this machine.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "probe/holders.rs"]
mod holders;
#[path = "probe/names.rs"]
mod names;
#[path = "probe/presence.rs"]
mod presence;
#[path = "probe/unchanged.rs"]
mod unchanged;

use std::fmt::Write;
use std::path::Path;

use reload_harness::lab::{Item, Lab, skip};
use reload_harness::python::{Discovery, Interpreter, Tag};
use reload_harness::report::{Report, text};
use reload_harness::scenario::{Name, Scenario};
use reload_harness::trace::Surroundings;
use reload_harness::worker::{Cancel, Programs};

struct Machine {
    interpreters: Vec<Interpreter>,
    lab: Lab,
}

impl Machine {
    fn new() -> Self {
        let found = Discovery::of_process();
        let interpreters: Vec<_> =
            found.discovered().all().into_iter().map(|found| found.interpreter.clone()).collect();
        assert!(!interpreters.is_empty(), "no Python was found on this machine");
        let programs = Programs {
            supervisor: env!("CARGO_BIN_EXE_reload-harness").into(),
            worker: env!("CARGO_BIN_EXE_reload-worker").into(),
        };
        Self { interpreters, lab: Lab::new(programs, Cancel::new().unwrap()).unwrap() }
    }

    /// The reports of a scenario out of settings, modules and a transcript.
    fn reports(&self, settings: &str, modules: &[(&str, &str)], transcript: &str) -> Vec<(Tag, String)> {
        let mut markdown = format!("# Test\n\n```toml\n{settings}\n```\n");
        for (path, source) in modules {
            let source = source.trim();
            let _ = write!(markdown, "\n`{path}`:\n\n```python\n{source}\n```\n");
        }
        markdown += "\n```pycon\n";
        for line in transcript.trim().lines() {
            markdown += line.trim_start();
            markdown += "\n";
        }
        markdown += "```\n";
        self.play(&markdown, false)
    }

    fn play(&self, markdown: &str, raw_ids: bool) -> Vec<(Tag, String)> {
        let name = Name { group: String::new(), name: "test".to_owned() };
        let scenario = Scenario::parse(name, Path::new("test.md"), markdown.as_bytes(), Vec::new())
            .unwrap_or_else(|problems| panic!("{}", problems.render(false)));
        let played = self.interpreters.iter().filter(|interpreter| skip(&scenario, interpreter).is_none());
        let report = |interpreter: &Interpreter| {
            let play = self.lab.play(&Item { scenario: &scenario, interpreter }).unwrap();
            let surroundings = Surroundings::of(&play, interpreter, raw_ids);
            (interpreter.tag, text(&Report::new(&scenario, &play, &surroundings)))
        };
        played.map(report).collect()
    }

    fn each_says(&self, settings: &str, modules: &[(&str, &str)], transcript: &str, lines: &[&str]) {
        for (tag, report) in self.reports(settings, modules, transcript) {
            let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
            for line in lines {
                assert!(
                    report.lines().any(|other| words(other) == words(line)),
                    "{tag} does not say `{line}`:\n{report}"
                );
            }
        }
    }
}

#[test]
fn old_style_classes_of_2_7_have_an_mro_and_generations() {
    Machine::new().each_says(
        "python = '<3'",
        &[("foo.py", "class Foo: pass\nclass Mixin: pass\nclass Bar(Foo, Mixin):\n    def f(self): pass")],
        ">>> import foo\n>>> b = foo.Bar()\n>>> b\n>>> reload(foo)\n>>> id(b.__class__)",
        &[
            "foo.Bar    #1   mro: foo.Bar#1, foo.Foo#1, foo.Mixin#1",
            "b  #1   a foo.Bar#1",
            "<foo.Bar instance at b#1>",
            "b is a superseded foo.Bar#1",
            "id of foo.Bar#1",
        ],
    );
}

#[test]
fn what_a_statement_makes_of_a_source_is_told() {
    Machine::new().each_says(
        "",
        &[("foo.py", "A = 1"), ("lib/bar.py", "B = 1")],
        ">>> import os, foo
        >>> with open('foo.py', 'a') as file:
        ...     _ = file.write('B = 2\\n')
        >>> old = os.stat('foo.py')
        >>> with open('foo.py', 'w') as file:
        ...     _ = file.write('A = 3\\nB = 2\\n')
        ...     file.flush()
        ...     os.utime('foo.py', (old.st_atime, old.st_mtime))
        >>> os.symlink('lib', 'current')
        >>> os.chmod('lib/bar.py', 0)
        >>> os.rename('lib', 'library')
        >>> os.remove('foo.py')
        >>> os.mkdir('foo.py')",
        &[
            "edits foo.py",
            "+ B = 2",
            "- A = 1",
            "+ A = 3",
            "makes current a link to lib",
            "makes the mode of lib/bar.py 000",
            "removes lib/bar.py",
            "writes library/bar.py",
            "removes foo.py",
            "makes foo.py a folder",
        ],
    );
}

#[test]
fn what_the_import_system_does_not_read_is_no_source() {
    let modules = [("foo.py", "A = 1")];
    let transcript = ">>> import os, foo
        >>> os.mkdir('data')
        >>> with open('data/state.json', 'w') as file:
        ...     _ = file.write('1')
        >>> with open('foo.py', 'a') as file:
        ...     _ = file.write('')
        >>> with open('foo.cpython-311.pyc', 'w') as file:
        ...     _ = file.write('kept elsewhere')
        >>> os.utime('foo.py', (1, 1))
        >>> os.rename('data', 'other')
        >>> reload(foo) and None";
    for (tag, report) in Machine::new().reports("bytecode = 'timestamp'", &modules, transcript) {
        for verb in ["writes ", "edits ", "makes ", "removes ", "leaves "] {
            assert!(!report.contains(&format!("    {verb}")), "{tag}: {report}");
        }
    }
}

#[test]
fn a_metaclass_is_told_with_its_class() {
    Machine::new().each_says(
        "",
        &[("foo.py", "class Meta(type):\n    def f(cls): pass\nC = Meta('C', (object,), {})")],
        ">>> import foo\n>>> c = foo.C()\n>>> reload(foo)\n>>> type(type(c)) is foo.Meta",
        &["c  #1   a foo.C#1", "c is a superseded foo.C#1", "False"],
    );
}

#[test]
fn a_metaclass_that_raises_whatever_it_is_asked_is_not_asked() {
    let meta = "class Meta(type):\n    def refuse(cls, *args):\n        raise RuntimeError('asked')\n    \
                __eq__ = __ne__ = __hash__ = __instancecheck__ = __subclasscheck__ = __call__ = refuse\n    \
                __getattribute__ = refuse\nC = type.__new__(Meta, 'C', (object,), {})";
    Machine::new().each_says(
        "",
        &[("foo.py", meta)],
        ">>> import foo\n>>> c = object.__new__(foo.C)\n>>> reload(foo)\n>>> [c] and None",
        &["c  #1   a foo.C#1", "c is a superseded foo.C#1"],
    );
}

#[test]
fn nested_classes_are_called_by_their_path() {
    Machine::new().each_says(
        "",
        &[("foo.py", "class Outer(object):\n    class Inner(object):\n        class Core(object): pass")],
        ">>> import foo\n>>> i = foo.Outer.Inner()\n>>> k = foo.Outer.Inner.Core()\n>>> reload(foo)\n>>> id(k.__class__)",
        &[
            "i  #1   a foo.Outer.Inner#1",
            "k  #1   a foo.Outer.Inner.Core#1",
            "i is a superseded foo.Outer.Inner#1",
            "id of foo.Outer.Inner.Core#1",
        ],
    );
}

#[test]
fn each_call_makes_another_local_class() {
    let modules = [("foo.py", "def make():\n    class Local(object): pass\n    return Local")];
    let transcript = ">>> import foo\n>>> a = foo.make()()\n>>> b = foo.make()()\n>>> type(a) is type(b)";
    let machine = Machine::new();
    machine.each_says(
        "python = '>=3'",
        &modules,
        transcript,
        &["a  #1   a foo.make.<locals>.Local#1", "b  #1   a foo.make.<locals>.Local#2"],
    );
    machine.each_says("python = '<3'", &modules, transcript, &["b  #1   a foo.Local#2", "False"]);
}

#[test]
fn a_renamed_qualname_does_not_hide_by_which_name_a_class_is_found() {
    Machine::new().each_says(
        "python = '>=3'",
        &[("foo.py", "class Bar: pass\nBar.__qualname__ = 'Renamed'")],
        ">>> import foo\n>>> b = foo.Bar()\n>>> b\n>>> reload(foo)\n>>> id(b.__class__)",
        &[
            "b  #1   a foo.Bar#1",
            "<foo.Renamed object at b#1>",
            "b is a superseded foo.Bar#1",
            "id of foo.Bar#1",
        ],
    );
}

#[test]
fn classes_without_a_module_or_with_a_strange_one_are_known() {
    Machine::new().each_says(
        "",
        &[(
            "foo.py",
            "A = type('A', (object,), {'__module__': None})\nB = type('B', (object,), {'__module__': 42})\n\
             namespace = {}\nexec('class C(object): pass', namespace)\nC = namespace['C']\n",
        )],
        ">>> import foo\n>>> a, b, c = foo.A(), foo.B(), foo.C()\n>>> reload(foo)\n>>> id(type(c))",
        &["a  #1   a foo.A#1", "c is a superseded foo.C#1", "id of foo.C#1", "b is a superseded foo.B#1"],
    );
}

#[test]
fn a_class_whose_id_is_reused_is_another_one() {
    let step = ">>> import gc; foo.C = None; junk = gc.collect(); foo.C = type('C', (object,), {})\n";
    let transcript = format!(">>> import foo\n>>> first = id(foo.C)\n{}>>> id(foo.C)\n", step.repeat(5));
    Machine::new().each_says(
        "",
        &[("foo.py", "class C(object): pass")],
        &transcript,
        &["foo.C  #1 -> #2", "foo.C  #5 -> #6", "id of foo.C#6"],
    );
}

#[test]
fn a_proxy_that_lies_about_its_class_is_what_it_is() {
    Machine::new().each_says(
        "",
        &[(
            "foo.py",
            "class Proxy(object):\n    @property\n    def __class__(self):\n        raise RuntimeError('woken')\n\
             class Real(object): pass",
        )],
        ">>> import foo\n>>> p = foo.Proxy()\n>>> reload(foo)",
        &["p  #1   a foo.Proxy#1", "p is a superseded foo.Proxy#1"],
    );
}

#[test]
fn a_lazy_module_is_not_woken() {
    Machine::new().each_says(
        "",
        &[(
            "foo.py",
            "import sys, types\nclass Lazy(types.ModuleType):\n    def __getattribute__(self, name):\n        \
             print('woken by ' + name)\n        return types.ModuleType.__getattribute__(self, name)\n\
             sys.modules['lazy'] = Lazy('lazy')",
        )],
        ">>> import foo\n>>> 'quiet'",
        &["'quiet'"],
    );
    for (tag, report) in Machine::new().reports(
        "",
        &[("foo.py", "import sys, types\nclass Lazy(types.ModuleType):\n    def __getattr__(self, name):\n        \
            print('woken by ' + name)\n        raise AttributeError(name)\nsys.modules['lazy'] = Lazy('lazy')")],
        ">>> import foo\n>>> 1\n>>> reload(foo)\n>>> 2",
    ) {
        assert!(!report.contains("woken"), "{tag}:\n{report}");
    }
}

#[test]
fn moved_names_and_reassigned_bases_are_told() {
    Machine::new().each_says(
        "",
        &[("foo.py", "class A(object): pass\nclass B(object):\n    def f(self): pass\nclass C(A):\n    def f(self): pass")],
        ">>> import foo\n>>> c = foo.C()\n>>> foo.C.__bases__ = (foo.B,)\n>>> c.__class__ = foo.B\n>>> foo.A = foo.B\n>>> del foo.C",
        &["mro of foo.C#1 is now foo.C#1, foo.B#1, object", "c: foo.C#1 -> foo.B#1", "foo.A  foo.A#1 -> foo.B#1", "foo.C  gone"],
    );
}

#[test]
fn purging_and_importing_again_makes_another_module() {
    Machine::new().each_says(
        "",
        &[("pkg/__init__.py", "from pkg import mod"), ("pkg/mod.py", "class C(object): pass")],
        ">>> import sys, pkg\n>>> c = pkg.mod.C()\n>>> del sys.modules['pkg'], sys.modules['pkg.mod']\n>>> import pkg",
        &["c  #1   a pkg.mod.C#1", "pkg.mod.C  #2", "c is a superseded pkg.mod.C#1"],
    );
}

/// On 2.7 nothing refers to a module weakly, and the next one is made where the one before was.
#[test]
fn a_module_in_the_memory_of_the_one_before_is_another_one() {
    let again = "import sys\n\ndef again():\n    del sys.modules['foo']\n    import foo\n";
    let transcript = ">>> import foo, again\n>>> del foo\n>>> again.again()\n>>> again.again()\n";
    let machine = Machine::new();
    let modules = [("foo.py", "x = 1"), ("again.py", again)];
    machine.each_says("", &modules, transcript, &["    foo  #1 -> #2", "    foo  #2 -> #3"]);
}

#[test]
fn constants_have_an_identity_but_no_line_of_their_own() {
    for (tag, report) in
        Machine::new().reports("", &[], ">>> n = 1000003\n>>> id(n)\n>>> t = (1, [])\n>>> id(t)")
    {
        assert!(report.contains("id of n#1\n"), "{tag}:\n{report}");
        assert!(report.contains("    t  #1   a tuple\n"), "{tag}:\n{report}");
        assert!(report.contains("id of t#1\n"), "{tag}:\n{report}");
        assert!(!report.contains("    n  #1"), "{tag}:\n{report}");
    }
}

const BYTECODE: &str = "\
>>> import os, foo
>>> def flags(path):
...     with open(path, 'rb') as file:
...         return bytearray(file.read(16))[4:8]
...
>>> files = [os.path.join(folder, name) for folder, _, names in os.walk('.') for name in names]
>>> pycs = [path for path in files if path.endswith('.pyc')]
>>> len(pycs)
";

#[test]
fn bytecode_is_off_unless_a_scenario_asks_for_it() {
    let machine = Machine::new();
    let modules = [("foo.py", "class C(object): pass")];
    machine.each_says("", &modules, BYTECODE, &["0"]);
    machine.each_says("bytecode = 'timestamp'", &modules, BYTECODE, &["1"]);
    let transcript = format!("{BYTECODE}>>> bool(flags(pycs[0])[0] & 1)\n");
    machine.each_says("bytecode = 'timestamp'\npython = '>=3.7'", &modules, &transcript, &["1", "False"]);
    machine.each_says("bytecode = 'hash'", &modules, &transcript, &["1", "True"]);
}

#[test]
fn an_edit_is_always_seen_with_every_kind_of_bytecode() {
    for bytecode in ["off", "timestamp", "hash"] {
        let markdown = format!(
            "# Test\n\n```toml\nbytecode = \"{bytecode}\"\n```\n\n`foo.py`:\n\n```python\nx = 1\n```\n\n\
             ```pycon\n>>> import foo\n```\n\n`foo.py`:\n\n```python\nx = 2\n```\n\n`bar.py`:\n\n```python\ny = 3\n```\n\n\
             ```pycon\n>>> m = reload(foo)\n>>> import bar\n>>> [foo.x, bar.y]\n```\n"
        );
        for (tag, report) in Machine::new().play(&markdown, false) {
            assert!(report.contains("    [2, 3]\n"), "{tag} {bytecode}:\n{report}");
        }
    }
}

#[test]
fn the_hash_seed_is_the_scenarios() {
    let machine = Machine::new();
    let hashes = |seed: u32| machine.reports(&format!("hashseed = {seed}"), &[], ">>> hash('reload')");
    let (zero, again, seven) = (hashes(0), hashes(0), hashes(7));
    assert_eq!(zero, again);
    assert!(zero.iter().zip(&seven).all(|(one, other)| one.0.major == 2 || one.1 != other.1), "{zero:?}");
}

#[test]
fn raw_ids_stay_numbers() {
    let markdown = "# Test\n\n```pycon\n>>> t = []\n>>> id(t)\n```\n";
    for (tag, report) in Machine::new().play(markdown, true) {
        let number = report.lines().last().unwrap().trim();
        assert!(number.parse::<u64>().is_ok_and(|id| id > 65_536), "{tag}:\n{report}");
    }
}

#[test]
fn both_streams_warnings_and_a_future_statement_are_as_at_the_prompt() {
    let transcript = ">>> from __future__ import print_function\n>>> import os, sys, warnings\n\
         >>> print('a', 'b', sep='-')\n>>> written = os.write(1, b'one') + os.write(2, b'two')\n\
         >>> warnings.warn('careful')\n>>> if True:\n...     'shown'\n...     'twice'\n...\n>>> _\n";
    let machine = Machine::new();
    machine.each_says("", &[], transcript, &["a-b", "one\\", "stderr: two\\", "'shown'", "'twice'"]);
    machine.each_says("python = '>=3.8'", &[], transcript, &["stderr: <stdin>:1: UserWarning: careful"]);
    machine.each_says("python = '<3.8'", &[], transcript, &["stderr: __main__:1: UserWarning: careful"]);
    for (tag, report) in machine.reports("", &[], transcript) {
        assert!(!report.contains("__warningregistry__"), "{tag}:\n{report}");
    }
}

#[test]
fn when_the_next_collection_comes_depends_on_no_run_before() {
    let machine = Machine::new();
    let look = "import gc\ndef grown(make):\n    before = gc.get_count()[0]\n    held = [make(n) for n in range(400)]\n    \
                return gc.get_count()[0] - before\ndef deep(n):\n    return deep(n - 1) if n else gc.get_count()[0]\n\
                def look():\n    gc.disable()\n    counts = [gc.get_count(), deep(100)]\n    \
                for make in (lambda n: [], lambda n: {}, lambda n: grown.__get__(n), lambda n: [].append):\n        \
                counts.append(grown(make))\n    \
                return counts + [grown(lambda n: (n,) * size) for size in range(1, 20)]";
    let play = || machine.reports("", &[("foo.py", look)], ">>> import foo\n>>> foo.look()");
    let first = play();
    let long: String = (0..9000).fold(String::new(), |source, n| source + &format!("x{n} = {n}\n"));
    for noise in ["import os; os.fork() and os._exit(3)", "raise SystemExit", "[(n,) for n in range(9)]"] {
        machine.reports("", &[("foo.py", &long)], &format!(">>> import foo\n>>> {noise}"));
    }
    assert_eq!(play(), first);
}

#[test]
fn the_class_that_an_instance_had_is_not_kept_once_it_has_another() {
    Machine::new().each_says(
        "",
        &[("foo.py", "class Bar(object): pass")],
        ">>> import foo, gc, weakref\n>>> b = foo.Bar()\n>>> old = weakref.ref(foo.Bar)\n>>> reload(foo)\n\
         >>> b.__class__ = foo.Bar\n>>> gc.collect() and None\n>>> 'gone' if old() is None else 'kept'",
        &["b: foo.Bar#1 -> foo.Bar#2", "'gone'"],
    );
}

#[test]
fn an_instance_without_weak_references_is_the_same_one_after_it_got_another_class() {
    Machine::new().each_says(
        "",
        &[("foo.py", "class Bar(object):\n    __slots__ = ('x',)")],
        ">>> import foo\n>>> b = foo.Bar()\n>>> reload(foo)\n>>> b.__class__ = foo.Bar\n>>> b",
        &["b: foo.Bar#1 -> foo.Bar#2", "<foo.Bar object at b#1>"],
    );
}

#[test]
fn a_class_that_says_it_is_from_an_unknown_place_is_not_the_scenarios() {
    for (tag, report) in Machine::new().reports("python = '>=3.6'", &[], ">>> import ssl") {
        assert!(!report.contains("<unknown>"), "{tag}: {report}");
    }
}

#[test]
fn what_c_code_makes_is_not_the_scenarios_whatever_it_says() {
    let machine = Machine::new();
    for (tag, report) in machine.reports("python = '>=3'", &[], ">>> import decimal\n>>> decimal.Decimal(1)")
    {
        assert!(!report.contains("SignalDict"), "{tag}:\n{report}");
    }
    let made = "import abc\nHIDDEN = [abc.ABCMeta('Full', (), {'f': lambda self: 1})]\nNamed = abc.ABCMeta('Named', (), {})";
    machine.each_says(
        "python = '>=3'",
        &[("foo.py", made)],
        ">>> import foo",
        &["foo.Named #1 metaclass: abc.ABCMeta", "abc.Full #1 metaclass: abc.ABCMeta"],
    );
}

#[test]
fn a_class_without_a_name_is_found_whatever_else_the_step_lets_go() {
    Machine::new().each_says(
        "",
        &[(
            "foo.py",
            "class A(object): pass\nkept = []\ndef make(name, *bases):\n    \
             kept.append(type(name, bases or (object,), {})())",
        )],
        ">>> import foo\n>>> held = [object] * 3\n>>> del held; foo.make('Three')\n>>> held = object\n\
         >>> del held; foo.make('Four', foo.A)\n>>> foo.make('Five', dict)\n\
         >>> class M(type):\n...     def mro(cls):\n...         return [cls, foo.A]\n\
         >>> foo.kept.append(M('Six', (foo.A,), {}))\n>>> foo.kept[:] = []\n>>> foo.make('Seven')",
        &[
            "foo.Three #1",
            "foo.Four #1 mro: foo.Four#1, foo.A#1, object",
            "foo.Five #1 mro: foo.Five#1, dict, object",
            "__main__.Six #1 mro: __main__.Six#1, foo.A#1; metaclass: __main__.M#1",
            "foo.Seven #1",
        ],
    );
}
