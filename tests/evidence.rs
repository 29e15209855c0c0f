//! What a watched run tells of the lines of its steps, on every Python of this machine.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "evidence/builtin.rs"]
mod builtin;
#[path = "evidence/containers.rs"]
mod containers;
#[path = "evidence/importers.rs"]
mod importers;
#[path = "evidence/texts.rs"]
mod texts;
#[path = "evidence/threads.rs"]
mod threads;
#[path = "evidence/watching.rs"]
mod watching;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;
use std::sync::LazyLock;

use reload_harness::lab::{Item, Lab, skip};
use reload_harness::python::{Discovery, Interpreter, Tag};
use reload_harness::scenario::{Name, Scenario, Step};
use reload_harness::worker::{
    Cancel, Conduct, Meaning, Nature, Operand, Play, Programs, Reference, Reloading, Token, Use,
};

static MACHINE: LazyLock<Machine> = LazyLock::new(Machine::new);

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
}

/// A scenario whose last step is watched.
struct Watched {
    scenario: Scenario,
    reloading: Reloading,
}

impl Watched {
    fn new(python: &str, files: &[(&str, &str)], transcript: &str) -> Self {
        Self::edited(python, files, transcript, &[], "")
    }

    /// With edits after the first steps, and more steps after those.
    fn edited(
        python: &str,
        files: &[(&str, &str)],
        transcript: &str,
        edits: &[(&str, &str)],
        after: &str,
    ) -> Self {
        let mut markdown = format!("# Test\n\n```toml\npython = \"{python}\"\n```\n");
        for (files, transcript) in [(files, transcript), (edits, after)] {
            for (path, source) in files {
                let _ = write!(markdown, "\n`{path}`:\n\n```python\n{}\n```\n", source.trim());
            }
            if !transcript.is_empty() {
                let _ = write!(markdown, "\n```pycon\n{}\n```\n", transcript.trim());
            }
        }
        let name = Name { group: String::new(), name: "test".to_owned() };
        let scenario = Scenario::parse(name, Path::new("test.md"), markdown.as_bytes(), Vec::new())
            .unwrap_or_else(|problems| panic!("{}", problems.render(false)));
        Self { scenario, reloading: Reloading::Real }
    }

    fn restarted(self) -> Self {
        Self { reloading: Reloading::Untouched, ..self }
    }

    fn plays(&self) -> Vec<(Tag, Play)> {
        let last = self.scenario.steps.len() - 1;
        assert!(matches!(self.scenario.steps[last], Step::Statement(_)));
        let conduct = Conduct { watched: BTreeSet::from([last]), ..Conduct::new(self.reloading) };
        let interpreters = MACHINE.interpreters.iter();
        let played = interpreters.filter(|interpreter| skip(&self.scenario, interpreter).is_none());
        played
            .map(|interpreter| {
                let item = Item { scenario: &self.scenario, interpreter };
                (interpreter.tag, MACHINE.lab.conduct(&item, &conduct).unwrap())
            })
            .collect()
    }

    /// The uses of the last step, a line each.
    fn told(&self) -> Vec<(Tag, Vec<String>)> {
        self.plays().iter().map(|(tag, play)| (*tag, told(play))).collect()
    }

    /// Asserts that each Python tells of each line.
    fn tells(&self, lines: &[&str]) {
        for (tag, told) in self.told() {
            for line in lines {
                assert!(
                    told.iter().any(|other| other == line),
                    "{tag} does not tell `{line}`:\n{}",
                    told.join("\n")
                );
            }
        }
    }

    /// Asserts that no Python tells of a line with this in it.
    fn tells_nothing_of(&self, part: &str) {
        for (tag, told) in self.told() {
            assert!(!told.iter().any(|line| line.contains(part)), "{tag}:\n{}", told.join("\n"));
        }
    }
}

fn told(play: &Play) -> Vec<String> {
    let mut generations: BTreeMap<&str, usize> = BTreeMap::new();
    let mut labels: BTreeMap<Token, String> = BTreeMap::new();
    for made in play.steps.iter().flat_map(|step| &step.event.made) {
        let generation = generations.entry(&made.name).or_default();
        *generation += 1;
        labels.insert(made.token, format!("{}#{generation}", made.name));
    }
    let last = play.steps.last().unwrap();
    last.event.uses.iter().map(|used| line(used, &labels)).collect()
}

fn line(used: &Use, labels: &BTreeMap<Token, String>) -> String {
    let Use { frame, role, text, found, meaning, on, .. } = used;
    let means = meaning.as_ref().map_or("nothing".to_owned(), |meaning| means(meaning, labels));
    let mut line = format!("{}:{} {role:?} {text}: {found:?}, {means}", frame.file, frame.line);
    if let Some(Operand { text, meaning }) = on {
        let _ = write!(line, ", on {text}: {}", self::means(meaning, labels));
    }
    line
}

fn means(meaning: &Meaning, labels: &BTreeMap<Token, String>) -> String {
    let label = |token: &Token| labels[token].clone();
    let reference = |reference: &Reference| match reference {
        Reference::Token(token) => label(token),
        Reference::Name(name) => name.clone(),
    };
    let nature = match meaning.nature {
        Nature::Module => "module",
        Nature::Class => "class",
        Nature::Function => "function",
        Nature::Method => "method",
        Nature::Instance => "instance",
    };
    let mut words = vec![nature.to_owned()];
    words.extend(meaning.token.as_ref().map(label));
    words.extend(meaning.class.as_ref().map(|class| format!("of {}", reference(class))));
    words.extend(meaning.plain.clone());
    words.extend(meaning.size.map(|size| format!("with {size}")));
    words.join(" ")
}

const FOUNDING: &str = "\
class Foo(object):
    def foo(self):
        print(\"Foo.foo\")


class Bar(Foo):
    def foo(self):
        print(\"Bar.foo\")
        Foo.foo(self)
";

const RELOADED: &str = ">>> import foo\n>>> b = foo.Bar()\n>>> m = reload(foo)\n";

/// What is told of one step after a reload of a module with `Foo` and `Bar`, one of which is `b`.
fn after_reload(python: &str, more: &str, step: &str) -> Watched {
    let module = format!("class Foo(object):\n    pass\nclass Bar(Foo):\n    pass\n{more}");
    Watched::new(python, &[("foo.py", &module)], &format!("{RELOADED}{step}"))
}

#[test]
fn an_unbound_call_names_one_generation_and_is_used_on_another() {
    let transcript = format!("{RELOADED}>>> b.foo()");
    let watched = Watched::new(">=2.7", &[("foo.py", FOUNDING)], &transcript);
    watched.tells(&[
        "<stdin>:1 Name b.foo: Global, method foo.Bar.foo#1 of foo.Bar#1",
        "<stdin>:1 Name b: Global, instance b#1 of foo.Bar#1",
        "foo.py:9 Name Foo.foo: Global, function foo.Foo.foo#2",
        "foo.py:9 Name self: Local, instance b#1 of foo.Bar#1",
        "foo.py:9 UnboundCall Foo: Global, class foo.Foo#2, on self: instance b#1 of foo.Bar#1",
    ]);
    for (tag, play) in watched.plays() {
        let event = &play.steps.last().unwrap().event;
        let call = event.uses.iter().find(|used| used.on.is_some()).unwrap();
        assert_eq!(call.frame.function, "foo", "{tag}");
        assert_eq!(call.on.as_ref().unwrap().meaning.mro.len(), 3, "{tag}");
        let codes = play.steps.iter().flat_map(|step| &step.event.made).filter_map(|made| made.code);
        assert!(codes.into_iter().any(|code| code == call.frame.code), "{tag}");
    }
}

#[test]
fn super_names_a_class() {
    let method = "    def go(self):\n        return super(Bar, self).__init__()\n";
    after_reload(">=2.7", method, ">>> b.go()")
        .tells(&["foo.py:6 Super Bar: Global, class foo.Bar#2, on self: instance b#1 of foo.Bar#1"]);
}

#[test]
fn isinstance_asks_for_classes_at_the_prompt_and_in_functions() {
    after_reload(">=2.7", "", ">>> isinstance(b, foo.Foo)").tells(&[
        "<stdin>:1 Name foo.Foo: Global, class foo.Foo#2",
        "<stdin>:1 Isinstance foo.Foo: Global, class foo.Foo#2, on b: instance b#1 of foo.Bar#1",
    ]);
    let function = "KINDS = (int, Foo)\ndef ask(x):\n    \
                    return isinstance(x, (str, Bar)) or issubclass(type(x), KINDS)\n";
    after_reload(">=2.7", function, ">>> foo.ask(b)").tells(&[
        "foo.py:7 Isinstance str: Builtin, class, on x: instance b#1 of foo.Bar#1",
        "foo.py:7 Isinstance Bar: Global, class foo.Bar#2, on x: instance b#1 of foo.Bar#1",
        "foo.py:7 Isinstance KINDS[1]: Global, class foo.Foo#2, on type(x): class foo.Bar#1",
    ]);
}

#[test]
fn what_is_called_isinstance_is_not_what_counts() {
    let function =
        "is_a = isinstance\ndef ask(x, isinstance=len):\n    return is_a(x, Bar), isinstance([x, Bar])\n";
    let watched = after_reload(">=2.7", function, ">>> foo.ask(b)");
    watched.tells(&["foo.py:7 Isinstance Bar: Global, class foo.Bar#2, on x: instance b#1 of foo.Bar#1"]);
    for (tag, told) in watched.told() {
        assert_eq!(told.iter().filter(|line| line.contains(" Isinstance ")).count(), 1, "{tag}: {told:?}");
    }
}

#[test]
fn except_asks_for_the_exception_in_flight() {
    let module = "class Error(Exception):\n    pass\ndef handle(error):\n    try:\n        raise error\n    \
                  except (KeyError, Error):\n        return 1\n    except Exception as other:\n        return 2\n";
    let transcript = ">>> import foo\n>>> e = foo.Error()\n>>> m = reload(foo)\n>>> foo.handle(e)";
    Watched::new(">=2.7", &[("foo.py", module)], transcript).tells(&[
        "foo.py:6 Except KeyError: Builtin, class, on the exception: instance of foo.Error#1",
        "foo.py:6 Except Error: Global, class foo.Error#2, on the exception: instance of foo.Error#1",
        "foo.py:8 Except Exception: Builtin, class, on the exception: instance of foo.Error#1",
    ]);
}

#[test]
fn a_case_asks_for_the_subject() {
    let function = "def ask(x):\n    match x:\n        case Foo.__init__ | Bar():\n            return 1\n        \
                    case Foo() if x:\n            return 2\n";
    after_reload(">=3.10", function, ">>> foo.ask(b)").tells(&[
        "foo.py:7 Case Bar: Global, class foo.Bar#2, on x: instance b#1 of foo.Bar#1",
        "foo.py:9 Case Foo: Global, class foo.Foo#2, on x: instance b#1 of foo.Bar#1",
    ]);
}

#[test]
fn comparisons_have_two_sides() {
    after_reload(">=2.7", "", ">>> b.__class__ is foo.Bar, type(b) == foo.Bar").tells(&[
        "<stdin>:1 Compare b.__class__: Global, class foo.Bar#1, on foo.Bar: class foo.Bar#2",
        "<stdin>:1 Compare type(b): Global, class foo.Bar#1, on foo.Bar: class foo.Bar#2",
    ]);
    let function = "new = Bar()\nnews = [1, new]\n";
    after_reload(">=2.7", function, ">>> b in foo.news; b in (foo.Foo, foo.new)").tells(&[
        "<stdin>:1 Compare b: Global, instance b#1 of foo.Bar#1, on foo.news[1]: instance of foo.Bar#2",
        "<stdin>:1 Compare b: Global, instance b#1 of foo.Bar#1, on foo.new: instance of foo.Bar#2",
    ]);
    after_reload(">=2.7", function, ">>> foo.new in foo.news, b is None").tells_nothing_of("Compare");
}

#[test]
fn first_names_are_found_where_they_are() {
    let module = "class Foo(object):\n    pass\ndef make():\n    kept = Foo\n    def ask(x, default=Foo, other=Foo):\n        \
                  local = x\n        return kept, default, other, local, Foo, len, gone\n    return ask\nask = make()\n";
    let transcript = ">>> import foo\n>>> ask = foo.ask\n>>> m = reload(foo)\n>>> ask(1, other=2)";
    Watched::new(">=2.7", &[("foo.py", module)], transcript).tells(&[
        "foo.py:7 Name kept: Free, class foo.Foo#1",
        "foo.py:7 Name default: Default, class foo.Foo#1",
        "foo.py:7 Name other: Local, instance of int 2",
        "foo.py:7 Name local: Local, instance of int 1",
        "foo.py:7 Name Foo: Global, class foo.Foo#2",
        "foo.py:7 Name gone: Nowhere, nothing",
    ]);
}

#[test]
fn aliases_and_bound_methods_keep_what_they_were() {
    let method = "    def go(self):\n        return 1\n    __private = Foo\n    def ask(self):\n        return self.__private\n";
    let module = format!("class Foo(object):\n    pass\nclass Bar(Foo):\n    pass\n{method}");
    let start = ">>> import foo\n>>> from foo import Bar as Alias\n>>> b = Alias()\n>>> go = b.go\n>>> m = reload(foo)\n";
    let files = [("foo.py", module.as_str())];
    Watched::new(">=2.7", &files, &format!("{start}>>> Alias().ask(), go()")).tells(&[
        "<stdin>:1 Name Alias: Global, class foo.Bar#1",
        "<stdin>:1 Name go: Global, method foo.Bar.go#1 of foo.Bar#1",
        "foo.py:9 Name self.__private: Local, class foo.Foo#1",
    ]);
}

#[test]
fn a_name_that_the_source_no_longer_has_means_nothing_in_a_restart() {
    let module = "class Foo(object):\n    def go(self):\n        pass\ndef ask():\n    return helper()\n";
    let start = ">>> import foo\n>>> b = foo.Foo()\n>>> m = reload(foo)\n";
    let restarted =
        |step: &str| Watched::new(">=2.7", &[("foo.py", module)], &format!("{start}>>> {step}")).restarted();
    restarted("foo.ask()").tells(&["foo.py:5 Name helper: Nowhere, nothing"]);
    restarted("foo.gone").tells(&["<stdin>:1 Name foo.gone: Global, nothing"]);
    restarted("foo.Foo.gone()").tells(&["<stdin>:1 Name foo.Foo.gone: Global, nothing"]);
    restarted("b.gone()").tells(&["<stdin>:1 Name b.gone: Global, nothing"]);
    restarted("b.go()").tells(&["<stdin>:1 Name b.go: Global, method foo.Foo.go#1 of foo.Foo#1"]);
    restarted("new = 1; new; foo.new = 2; foo.new").tells_nothing_of("nothing");
}

#[test]
fn functions_of_the_prompt_have_the_lines_of_their_statement() {
    let steps = ">>> def ask(x):\n...     return isinstance(x, foo.Bar)\n...\n>>> def other(x):\n...     pass\n...     \
                 return ask(x)\n...\n>>> other(b)";
    after_reload(">=2.7", "", steps).tells(&[
        "<stdin>:3 Name ask: Global, function __main__.ask#1",
        "<stdin>:2 Isinstance foo.Bar: Global, class foo.Bar#2, on x: instance b#1 of foo.Bar#1",
    ]);
}

#[test]
fn old_code_has_the_lines_of_the_old_source() {
    let before = "class Bar(object):\n    def go(self):\n        return before\nbefore = 1\n";
    let after = "after = 2\nclass Bar(object):\n    def go(self):\n        return after\n";
    let watched = |step: &str| {
        let transcript = ">>> import foo\n>>> b = foo.Bar()";
        let rest = format!(">>> m = reload(foo)\n>>> {step}");
        Watched::edited(">=2.7", &[("foo.py", before)], transcript, &[("foo.py", after)], &rest)
    };
    watched("b.go()").tells(&["foo.py:3 Name before: Global, instance of int 1"]);
    watched("foo.Bar().go()").tells(&["foo.py:4 Name after: Global, instance of int 2"]);
}

#[test]
fn an_edit_of_a_name_only_is_another_source() {
    let module = |name: &str| format!("one, two = 1, 2\ndef go():\n    return {name}\n");
    let rest = ">>> m = reload(foo)\n>>> go()";
    let transcript = ">>> import foo\n>>> go = foo.go";
    let (before, after) = (module("one"), module("two"));
    let files = [("foo.py", before.as_str())];
    let watched = Watched::edited(">=2.7", &files, transcript, &[("foo.py", &after)], rest);
    watched.tells(&["foo.py:3 Name one: Global, instance of int 1"]);
    watched.tells_nothing_of("two");
}

#[test]
fn a_source_that_cannot_be_compiled_is_not_what_runs() {
    let files = [("foo.py", "def go():\n    return number\nnumber = 1\n")];
    let edits = [("foo.py", "def go(:\n")];
    Watched::edited(">=2.7", &files, ">>> import foo", &edits, ">>> foo.go()")
        .tells(&["foo.py:2 Name number: Global, instance of int 1"]);
}

#[test]
fn comprehensions_lambdas_and_generators_have_lines() {
    let function = "def ask(xs, kind=Bar):\n    return [isinstance(x, kind) for x in xs]\n\
                    def lazy(xs):\n    return list(isinstance(x, Bar) for x in xs)\n\
                    short = lambda x: isinstance(x, Bar)\n";
    let watched = |step: &str| after_reload(">=2.7", function, step);
    let isinstance = |line, text| {
        format!("foo.py:{line} Isinstance {text}, class foo.Bar#2, on x: instance b#1 of foo.Bar#1")
    };
    watched(">>> foo.ask([b, 1])").tells(&[&isinstance(6, "kind: Default")]);
    watched(">>> foo.lazy([b, 1])").tells(&[&isinstance(8, "Bar: Global")]);
    watched(">>> foo.short(b)").tells(&[&isinstance(9, "Bar: Global")]);
    watched(">>> [x for x in [b] if isinstance(x, foo.Bar)]").tells_nothing_of("nothing");
}

#[test]
fn each_line_of_a_call_has_its_own_names() {
    let function = "def ask(x):\n    return isinstance(\n        x,\n        Bar,\n    )\n";
    after_reload(">=2.7", function, ">>> foo.ask(b)").tells(&[
        "foo.py:6 Isinstance Bar: Global, class foo.Bar#2, on x: instance b#1 of foo.Bar#1",
        "foo.py:7 Name x: Local, instance b#1 of foo.Bar#1",
        "foo.py:8 Name Bar: Global, class foo.Bar#2",
    ]);
}

#[test]
fn only_the_head_of_a_compound_statement_is_about_to_run() {
    let function = "count = 3\ndef ask(x):\n    while count < 0:\n        Bar\n    if x is Foo:\n        Bar\n    \
                    for y in [x]:\n        y\n";
    let watched = after_reload(">=2.7", function, ">>> foo.ask(b)");
    watched.tells(&[
        "foo.py:7 Name count: Global, instance of int 3",
        "foo.py:9 Compare x: Local, instance b#1 of foo.Bar#1, on Foo: class foo.Foo#2",
        "foo.py:12 Name y: Local, instance b#1 of foo.Bar#1",
    ]);
    watched.tells_nothing_of("Name Bar");
}

#[test]
fn slots_and_static_and_class_methods_are_read_raw() {
    let more = "class Slotted(object):\n    __slots__ = ('kind', 'unset')\n    def __init__(self):\n        self.kind = Foo\n    \
                @staticmethod\n    def one(x): return x\n    @classmethod\n    def two(cls): return cls\n\
                def ask(s):\n    return s.kind, s.one, s.two\ns = Slotted()\n";
    after_reload(">=2.7", more, ">>> foo.ask(foo.s)").tells(&[
        "foo.py:14 Name s.kind: Local, class foo.Foo#2",
        "foo.py:14 Name s.one: Local, function foo.Slotted.one#2",
        "foo.py:14 Name s.two: Local, method foo.Slotted.two#2 of type",
    ]);
}

#[test]
fn old_style_classes_are_looked_up_as_well() {
    let module =
        "class Foo:\n    def foo(self): pass\nclass Bar(Foo):\n    def foo(self):\n        Foo.foo(self)\n";
    let transcript = format!("{RELOADED}>>> b.foo()");
    Watched::new("<3", &[("foo.py", module)], &transcript).tells(&[
        "<stdin>:1 Name b.foo: Global, method foo.Bar.foo#1 of foo.Bar#1",
        "foo.py:5 UnboundCall Foo: Global, class foo.Foo#2, on self: instance b#1 of foo.Bar#1",
    ]);
}

#[test]
fn plain_values_and_sizes_are_told() {
    let more = "state = dict(n=1, m=2)\ntext = 'x' * 100\nnumber = -5\nempty = []\ndef ask():\n    \
                return state, text, number, empty\n";
    let watched = after_reload(">=2.7", more, ">>> foo.ask()");
    watched.tells(&[
        "foo.py:10 Name state: Global, instance of dict with 2",
        "foo.py:10 Name number: Global, instance of int -5",
        "foo.py:10 Name empty: Global, instance of list with 0",
        &format!("foo.py:10 Name text: Global, instance of str '{}", "x".repeat(59)),
    ]);
}
