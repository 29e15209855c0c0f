//! What the lines of a step meant while they ran: evidence for a diagnosis, gathered where it is asked
//! for. Raw, like [`Event`](super::Event).

use serde::Deserialize;

use super::event::{Frame, Reference, Token};

/// One expression of a line of the scenario's code, as it was just before the line ran.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Use {
    /// Which line ran.
    #[serde(flatten)]
    pub frame: Frame,
    /// How the line uses the expression.
    pub role: Role,
    /// The expression: `Foo`, `foo.Bar`, `self.super_class`; an item, `items[0]`; what is about to be
    /// made, `foo.Bar(...)`; `type(x)`.
    pub text: String,
    /// Where its first name was found.
    pub found: Found,
    /// What it means; nothing, where some name in it means nothing. Where code would have to run to
    /// know (a property, `__getattr__`), there is no use at all.
    pub meaning: Option<Meaning>,
    /// The expression that it is used on, and what that means.
    pub on: Option<Operand>,
    /// Of a comparison that goes by identity, whether both sides are one object; of a class that keeps a
    /// registry (`ABCMeta.register`), whether the object or class belongs to it.
    #[serde(default)]
    pub holds: Option<bool>,
    /// Whether an instance has the last name itself, and not from its class.
    #[serde(default)]
    pub own: bool,
    /// Of a run: whether what the file holds today has no such code in it.
    #[serde(default)]
    pub outdated: bool,
    /// Of a run: whether what the file holds today has none of its name either.
    #[serde(default)]
    pub gone: bool,
    /// What the reloads before have to do with what a name means, where that has no identity, or with why it means nothing.
    #[serde(default)]
    pub past: Option<Past>,
}

/// What reloads had to do with what a name means.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Past {
    /// What the last of them did to it; nothing where that is not known.
    pub form: Option<Form>,
    /// Whether it is one of those objects of the library of which nothing can be told but that it is another: a
    /// lock, a queue.
    #[serde(rename = "stateful")]
    pub is_stateful: bool,
    /// What the name's module had put into another one, `store.save`, and a reload of that one put back.
    pub undone: Option<String>,
    /// Which source the name's module was last executed from.
    pub source: Executed,
    /// The name that meant the object before a reload, and means another now.
    pub former: Option<String>,
    /// What the name is a copy of, `settings.TIMEOUT`, where that means something else by now.
    pub origin: Option<String>,
    /// The `repr()` of what that means, where it is plain.
    pub now: Option<String>,
    /// The copy from which the name was worked out, where it is not the copy itself.
    pub through: Option<String>,
    /// What the name meant by the end of a reload in another thread that was still executing its module, where
    /// that is something else.
    #[serde(default)]
    pub unfinished: Option<Unfinished>,
    /// Of a name that means nothing: the module in which it is looked for.
    #[serde(default)]
    pub module: Option<String>,
    /// Of a name that means nothing: the modules that define a class or a function of that name.
    #[serde(default)]
    pub defined_in: Vec<String>,
}

/// What became of a name that was read too early.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Unfinished {
    /// The module that was being executed.
    pub module: String,
    /// The `repr()` of what the name means by the end of that, where it is plain.
    pub plain: Option<String>,
    /// How many elements it has, where it is a built-in container.
    pub size: Option<u64>,
}

/// What a reload does to what a name means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// It gives the name another object.
    Remade,
    /// It puts more into it, or makes a number greater.
    Grown,
    /// It does the opposite.
    Emptied,
    /// It leaves it alone.
    Untouched,
}

/// Which source a module was executed from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Executed {
    /// What its file holds today, as far as it is known.
    #[default]
    Today,
    /// What its file held before it was changed.
    Before,
    /// Something else: bytecode of another source.
    Elsewhere,
}

/// What an expression is used on.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Operand {
    /// The expression: `self`, `type(x)`, `items[0]`; for what none stands for, words: `the exception`,
    /// `an element of items`.
    pub text: String,
    /// What it means.
    pub meaning: Meaning,
}

/// How a line uses an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// It reads it.
    Name,
    /// `Foo.foo(self)`: it calls a function of the class on an object. Of a class or static method, the
    /// class, on the object whose method makes the call.
    UnboundCall,
    /// `super(Bar, self)`: the class, on the object or class.
    Super,
    /// `isinstance(x, Bar)`, `issubclass(x, Bar)`: each class that is asked for, on what is asked.
    Isinstance,
    /// `except Bar:`, on the exception in flight.
    Except,
    /// `case Bar():`, on the subject.
    Case,
    /// `==`, `!=`, `is`, `is not`, and a `case` that is a value: one side, on the other. `in`: what is
    /// looked for, on the first element that is of another class of its name, or is one. Not where a
    /// side is plain.
    Compare,
    /// A special method of two objects (`__eq__`, `__and__`) was called with two of different classes of
    /// one name, wherever that came from, and it found that they have nothing to do with each other:
    /// the one, on the other.
    Meet,
    /// `pickle.dumps(x)` and the like: what is pickled.
    Pickle,
    /// A function that chooses by the class of its first argument (`functools.singledispatch`): the
    /// class in its registry that has the name of the argument's class, or of one that this descends
    /// from, and is another, on the argument. The text is the function's.
    Dispatch,
    /// A key of a dict that is a class, where the key that is looked up is another class of its name:
    /// the one in the dict, on the one that is looked up. The text is the dict's. (A key that is an
    /// instance and goes by identity is compared.)
    Key,
    /// `_interpreters.run_string(id, code)` and the like: the function, which runs code in another interpreter of
    /// the process.
    Interpreter,
    /// A reload goes by a table of contents of an archive that has the module elsewhere than the archive has it:
    /// `zipimport` keeps it. The text is the archive's path; it has no meaning, and is found nowhere.
    Archive,
    /// A function of the scenario's begins to run, or goes on to. The text is where in its file it is, as
    /// `__qualname__` has it; it has no meaning, and is found nowhere. Told for each call, up to four of
    /// the same code.
    Run,
}

/// Where the first name of an expression was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// A local variable.
    Local,
    /// A parameter that still has its default.
    Default,
    /// A free variable: in the closure of the function.
    Free,
    /// The globals of the module whose code it is.
    Global,
    /// `builtins`
    Builtin,
    /// Nowhere.
    Nowhere,
}

/// What an expression means.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Meaning {
    /// What kind of thing.
    pub nature: Nature,
    /// The object's token, where it has one by the end of the step. A bound method's is its function's.
    pub token: Option<Token>,
    /// The class of an instance; of a bound method, the class of its `__self__`.
    pub class: Option<Reference>,
    /// The MRO of that class, or of the class that it is; itself first.
    pub mro: Vec<Reference>,
    /// The `repr()` of a plain value: `None`, a number, a short text.
    pub plain: Option<String>,
    /// How many elements a built-in container has.
    pub size: Option<u64>,
}

/// What kind of thing an expression means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nature {
    /// A module.
    Module,
    /// A class, old-style ones of 2.7 included.
    Class,
    /// A function written in Python.
    Function,
    /// A bound method of a function written in Python.
    Method,
    /// Anything else.
    #[default]
    Instance,
}
