//! Runs that never took place, for tests of what is made of them.

use regex::{Captures, Regex};

use crate::scenario::{Name, Scenario, Settings, Statement, Step, WorkspacePath, Write};
use crate::trace::Surroundings;
use crate::worker::{
    Binding, Changed, Ending, Event, Exception, Frame, Held, Hold, Kind, Made, Node, Observed, Output, Play,
    Reference, Scope, StepKind, Token, Value,
};

/// The founding module, as of the first edit.
pub(crate) const FOO: &str = "class Foo(object):\n    def foo(self):\n        print(\"Foo.foo\")\n\n\n\
                              class Bar(Foo):\n    def foo(self):\n        print(\"Bar.foo\")\n        \
                              Foo.foo(self)\n";

/// A scenario and its run, grown step by step.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub(crate) scenario: Scenario,
    pub(crate) play: Play,
}

impl Run {
    pub(crate) fn new() -> Self {
        Self {
            scenario: Scenario {
                name: Name { group: "made_up".to_owned(), name: "run".to_owned() },
                path: "made_up/run.md".into(),
                title: "A made-up run".to_owned(),
                summary: String::new(),
                settings: Settings::default(),
                steps: Vec::new(),
            },
            play: Play {
                steps: Vec::new(),
                rest: Output::default(),
                ending: Ending::Finished,
                leaked: false,
                threads: Vec::new(),
                held: Vec::new(),
                more_held: 0,
                uses: Vec::new(),
                workspace: std::path::PathBuf::from("/workspace"),
                packages: None,
                laid: std::collections::BTreeMap::new(),
            },
        }
    }

    pub(crate) fn held(mut self, token: Token, how: Hold, path: &str, holder: Option<Token>) -> Self {
        self.play.held.push(Held { token, how, path: path.to_owned(), holder, more: 0 });
        self
    }

    fn line(&self) -> usize {
        10 * (self.scenario.steps.len() + 1)
    }

    fn played(mut self, kind: StepKind, event: Event, stdout: &[u8]) -> Self {
        let output = Output { stdout: stdout.to_vec(), ..Output::default() };
        let event = Event { step: self.play.steps.len(), kind, ..event };
        self.play.steps.push(Observed { event, output });
        self
    }

    pub(crate) fn write(mut self, path: &str, content: impl AsRef<[u8]>) -> Self {
        let path = WorkspacePath::new(path).unwrap();
        let edit =
            self.scenario.steps.iter().any(|step| matches!(step, Step::Write(one) if one.path == path));
        let content = content.as_ref().to_vec();
        let line = Some(self.line());
        self.scenario.steps.push(Step::Write(Write { path, content, edit, line }));
        self.played(StepKind::Write, Event::default(), b"")
    }

    /// A statement that does not come to its end.
    pub(crate) fn unplayed(mut self, source: &str) -> Self {
        let line = self.line();
        let statement = Statement { source: source.to_owned(), line, claims: Vec::new() };
        self.scenario.steps.push(Step::Statement(statement));
        self
    }

    pub(crate) fn step(self, source: &str, event: Event) -> Self {
        let kind = event.kind;
        self.unplayed(source).played(kind, event, b"")
    }

    /// A statement that changes files.
    pub(crate) fn changing(self, source: &str, files: Vec<Changed>) -> Self {
        self.step(source, Event { files, ..Event::default() })
    }

    pub(crate) fn printing(self, source: &str, stdout: impl AsRef<[u8]>) -> Self {
        self.unplayed(source).played(StepKind::Call, Event::default(), stdout.as_ref())
    }

    pub(crate) fn stderr(mut self, stderr: impl AsRef<[u8]>) -> Self {
        self.play.steps.last_mut().unwrap().output.stderr = stderr.as_ref().to_vec();
        self
    }

    pub(crate) fn ending(mut self, ending: Ending) -> Self {
        self.play.ending = ending;
        self
    }

    /// `import foo` of the founding module: tokens 1 to 5.
    pub(crate) fn import_foo(self) -> Self {
        self.write("foo.py", FOO).step(
            "import foo",
            Event {
                kind: StepKind::Import,
                ..defines_foo(0).with(module(1, "foo")).bind(sys("foo", 1)).bind(prompt("foo", 1))
            },
        )
    }

    /// The next reload of the founding module: tokens from 11, 21, ...
    pub(crate) fn reload_foo(self) -> Self {
        let reloads = self
            .scenario
            .steps
            .iter()
            .filter(|step| matches!(step, Step::Statement(one) if one.source == "reload(foo)"))
            .count();
        let offset = 10 * (Token::try_from(reloads).unwrap() + 1);
        self.step("reload(foo)", Event { kind: StepKind::Reload, ..defines_foo(offset) })
    }
}

/// The objects of the founding module: `Foo` 2, `Foo.foo` 3, `Bar` 4 and `Bar.foo` 5, each plus
/// `offset`.
pub(crate) fn defines_foo(offset: Token) -> Event {
    let [foo, foo_foo, bar, bar_foo] = [2, 3, 4, 5].map(|token| token + offset);
    Event::default()
        .with(class(foo, "foo.Foo", &[foo]))
        .with(function(foo_foo, "foo.Foo.foo"))
        .with(class(bar, "foo.Bar", &[bar, foo]))
        .with(function(bar_foo, "foo.Bar.foo"))
        .bind(attribute("foo.Foo", foo))
        .bind(attribute("foo.Foo.foo", foo_foo))
        .bind(attribute("foo.Bar", bar))
        .bind(attribute("foo.Bar.foo", bar_foo))
}

impl Event {
    pub(crate) fn with(mut self, made: Made) -> Self {
        self.made.push(made);
        self
    }

    pub(crate) fn bind(mut self, binding: Binding) -> Self {
        self.bound.push(binding);
        self
    }

    pub(crate) fn free(mut self, tokens: &[Token]) -> Self {
        self.freed.extend_from_slice(tokens);
        self
    }

    pub(crate) fn show(mut self, value: Value) -> Self {
        self.values.push(value);
        self
    }

    pub(crate) fn raise(mut self, name: &str, text: &str, frames: Vec<Frame>) -> Self {
        self.exception =
            Some(Exception { name: name.to_owned(), text: text.to_owned(), frames, ..Exception::default() });
        self
    }

    /// `b = foo.Bar()` and its like.
    pub(crate) fn instance(self, token: Token, name: &str, class: Token) -> Self {
        self.with(instance(token, name, class)).bind(prompt(name, token))
    }

    pub(crate) fn reclass(mut self, token: Token, class: Token) -> Self {
        self.reclassed.insert(token, Reference::Token(class));
        self
    }

    pub(crate) fn relinearize(mut self, token: Token, mro: &[Token]) -> Self {
        self.relinearized.insert(token, linearized(mro));
        self
    }
}

pub(crate) fn changed(path: &str, is: Node) -> Changed {
    Changed { path: path.to_owned(), is }
}

pub(crate) fn gone_file(path: &str) -> Changed {
    changed(path, Node::Gone)
}

pub(crate) fn file(path: &str, content: &str) -> Changed {
    changed(path, Node::File { content: content.as_bytes().to_vec(), mode: Some(0o644) })
}

/// The made-up `id()` of an object.
pub(crate) fn id(token: Token) -> u64 {
    0x7f00_0000_0000 + token * 0x1000
}

/// The made-up `id()` of a function's code.
pub(crate) fn code(token: Token) -> u64 {
    id(token) + 0x800
}

fn made(token: Token, kind: Kind, name: &str) -> Made {
    Made {
        token,
        id: id(token),
        kind,
        name: name.to_owned(),
        reachable: !name.contains('<'),
        class: None,
        mro: Vec::new(),
        code: None,
        plain: false,
    }
}

pub(crate) fn module(token: Token, name: &str) -> Made {
    made(token, Kind::Module, name)
}

pub(crate) fn class(token: Token, name: &str, mro: &[Token]) -> Made {
    Made { mro: linearized(mro), ..made(token, Kind::Class, name) }
}

pub(crate) fn function(token: Token, name: &str) -> Made {
    Made { code: Some(code(token)), ..made(token, Kind::Function, name) }
}

pub(crate) fn instance(token: Token, name: &str, class: Token) -> Made {
    Made { class: Some(Reference::Token(class)), ..made(token, Kind::Instance, name) }
}

fn linearized(tokens: &[Token]) -> Vec<Reference> {
    let object = Reference::Name("object".to_owned());
    tokens.iter().copied().map(Reference::Token).chain([object]).collect()
}

fn binding(scope: Scope, name: &str, token: Option<Token>) -> Binding {
    Binding { scope, name: name.to_owned(), token, other: false }
}

pub(crate) fn sys(name: &str, token: Token) -> Binding {
    binding(Scope::Modules, name, Some(token))
}

pub(crate) fn attribute(name: &str, token: Token) -> Binding {
    binding(Scope::Attributes, name, Some(token))
}

pub(crate) fn prompt(name: &str, token: Token) -> Binding {
    binding(Scope::Prompt, name, Some(token))
}

pub(crate) fn gone(scope: Scope, name: &str) -> Binding {
    binding(scope, name, None)
}

/// A name that means something without an identity.
pub(crate) fn other(scope: Scope, name: &str) -> Binding {
    Binding { other: true, ..gone(scope, name) }
}

pub(crate) fn value(text: impl Into<String>) -> Value {
    Value { text: text.into(), ..Value::default() }
}

pub(crate) fn id_call(id: u64) -> Value {
    Value { is_id: true, ..value(id.to_string()) }
}

pub(crate) fn frame(file: &str, line: usize, function: &str, code: u64) -> Frame {
    Frame { file: file.to_owned(), line, function: function.to_owned(), code }
}

pub(crate) fn statement() -> Frame {
    frame("<stdin>", 1, "<module>", 1)
}

pub(crate) fn surroundings() -> Surroundings {
    Surroundings {
        workspace: vec!["/tmp/w1".to_owned()],
        prefixes: vec!["/opt/python".to_owned()],
        packages: Vec::new(),
        raw_ids: false,
    }
}

/// The same run with other numbers for every object's `id()` and code, in all texts as well.
pub(crate) fn renumbered(mut run: Run, number: impl Fn(u64) -> u64) -> Run {
    let numbers = Regex::new("0x[0-9a-f]+|[0-9]{5,}").unwrap();
    let text = |text: &str| {
        let renumber = |found: &Captures<'_>| match found[0].strip_prefix("0x") {
            Some(hex) => format!("{:#x}", number(u64::from_str_radix(hex, 16).unwrap())),
            None => number(found[0].parse().unwrap()).to_string(),
        };
        numbers.replace_all(text, renumber).into_owned()
    };
    for observed in &mut run.play.steps {
        for made in &mut observed.event.made {
            made.id = number(made.id);
            made.code = made.code.map(&number);
        }
        for value in &mut observed.event.values {
            value.text = text(&value.text);
        }
        if let Some(raised) = &mut observed.event.exception {
            raised.text = text(&raised.text);
            for frame in &mut raised.frames {
                frame.code = number(frame.code);
            }
        }
        observed.output.stdout = text(&String::from_utf8_lossy(&observed.output.stdout)).into_bytes();
    }
    run
}
